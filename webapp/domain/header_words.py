"""What people call the columns of a list, in many languages."""

import re
import unicodedata
from typing import Final


def plain(header: str) -> str:
    """The header without case, accents, spaces and signs: how two spellings of one word are compared."""
    letters = unicodedata.normalize("NFKD", header.casefold())
    return re.sub(r"[\W_]+", "", "".join(ch for ch in letters if not unicodedata.combining(ch)))


def _plain(words: str) -> frozenset[str]:
    return frozenset(plain(word) for word in words.split(","))


# A phone's header may have more around these: "Mobile (work)".
PHONE_PARTS: Final = _plain(
    "phone,telef,handy,mobil,celular,cellulare,móvil,whatsapp,msisdn,rufnummer,gsm,no hp,telepon,puhelin,komórk,"
    "telemóvel,τηλέφωνο,κινητό,телефон,мобил,мобіл,手机,手機,电话,電話,携帯,휴대폰,전화,هاتف,جوال,موبايل,"
    "תלפון,טלפון,נייד,फोन,मोबाइल,โทร,điện thoại"
)
PHONE: Final = _plain(
    "tel,cell,fon,cep,telp,hp,wa,wa id,number,numero,nummer,numer,numara,номер,番号,号码,رقم"
)
FULL_NAME: Final = _plain(
    "name,full name,contact name,contact,kontakt,kunde,kundin,customer,client,cliente,display name,"
    "vollständiger name,nom complet,nome completo,nombre completo,nome e cognome,nombre y apellidos,naam,navn,"
    "namn,nimi,nazwa,imię i nazwisko,ad soyad,isim,nama,фио,имя фамилия,контакт,姓名,名前,氏名,이름,성명,"
    "الاسم,שם,नाम,ชื่อ,họ tên"
)
FIRST_NAME: Final = _plain(
    "first name,given name,forename,vorname,prénom,primer nombre,nombres,primeiro nome,voornaam,fornavn,förnamn,"
    "etunimi,prenume,křestní jméno,名,שם פרטי,الاسم الأول"
)
# The first name where a last name stands beside it, else the whole one.
SHORT_NAME: Final = _plain("nombre,nome,nom,имя,ім'я,imię,ad,jméno,keresztnév")
LAST_NAME: Final = _plain(
    "last name,surname,family name,nachname,familienname,zuname,nom de famille,apellido,apellidos,cognome,"
    "sobrenome,apelido,achternaam,etternavn,efternamn,efternavn,sukunimi,фамилия,прізвище,nazwisko,soyad,soyadı,"
    "příjmení,vezetéknév,nume,姓,성,שם משפחה,اسم العائلة"
)
# The last name where a first name stands beside it.
LAST_IF_FIRST: Final = _plain("name,nom,nimi,navn,namn")
IS_ACTIVE: Final = _plain("active,is active,aktiv,activo,actif,ativo,attivo,aktywny,aktif,активен")
# What we add to a list of refused rows: it comes back with them and means nothing.
OURS: Final = _plain("reason,row in the file,line as it was")

YES: Final = _plain("yes,y,true,t,1,x,active,ja,j,oui,o,si,sí,s,sim,да,tak,evet,e,on,aktiv,activo")
NO: Final = _plain("no,n,false,f,0,inactive,nein,non,não,нет,nie,hayır,h,off,inaktiv,inactivo,nee")
