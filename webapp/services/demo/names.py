"""Names of invented people, as they are written in many places of the world."""

import random
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Names:
    """Given and family names that go together; `shape` says in which order they are written."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    shape: str = "{given} {family}"


def _names(given: str, family: str, shape: str = "{given} {family}") -> Names:
    return Names(tuple(given.split()), tuple(family.split()), shape)


# How many of a hundred customers, and what they are called.
PEOPLES: Final[tuple[tuple[int, Names], ...]] = (
    (
        24,
        _names(
            "Olivia James Amelia Noah Grace Henry Ruby Oscar Ivy Arthur Hannah Lucas Maya Ethan Zoe Caleb",
            "Carter Bennett Hughes O’Connor Fletcher Brooks Ward Palmer Reid Walsh Morgan Ellis Grant Hayes",
        ),
    ),
    (
        16,
        _names(
            "Lena Jonas Mia Felix Clara Anton Greta Emil Jürgen Käthe Sören Marlene Till Birgit",
            "Schäfer Müller Weiß Krüger Lehmann Vogt Böhm Jäger Köhler Sommer Brandt Engel",
        ),
    ),
    (
        9,
        _names(
            "Lucía Mateo Valentina Santiago Camila Joaquín Inés Andrés Sofía Íñigo Paloma",
            "Hernández Muñoz Ibáñez Castillo Núñez Rojas Peña Salazar Ortega Domínguez",
        ),
    ),
    (
        6,
        _names(
            "João Beatriz Thiago Conceição Rafael Larissa Antônio Letícia Caetano Luíza",
            "Gonçalves Araújo Magalhães Nascimento Brandão Teixeira Moraes Falcão",
        ),
    ),
    (
        7,
        _names(
            "Chloé Théo Zoé François Maëlle Jérôme Anaïs Loïc Solène Benoît",
            "Lefèvre Garnier Bélanger Tremblay Côté Gagné Desrosiers Pelletier Marchand",
        ),
    ),
    (
        6,
        _names(
            "Astrid Björn Åsa Elin Oskar Märta Gösta Freja Håkan Saga",
            "Lindqvist Åkerström Sjöberg Nyström Öberg Hällgren Strömberg Wallin",
        ),
    ),
    (
        5,
        _names(
            "Agnieszka Paweł Zofia Łukasz Małgorzata Wojciech Hania Stanisław",
            "Nowak Wójcik Mazur Zięba Dudek Sikora Wróbel",
        ),
    ),
    (
        5,
        _names(
            "Elif Mehmet Zeynep Çağlar Ayşe Şükrü İpek Ömer Gülşen Yiğit",
            "Yıldız Öztürk Çelik Şahin Aydın Güneş Koç Doğan",
        ),
    ),
    (5, _names("فاطمة محمد ليلى يوسف نور عمر سلمى كريم هالة طارق", "الحسن منصور حداد النجار سليمان خليل الخطيب عباس")),
    (3, _names("נועה איתי תמר יונתן שירה אורי מיכל דניאל", "כהן לוי מזרחי פרץ ביטון אברהם פרידמן")),
    (5, _names("प्रिया अर्जुन अनन्या रोहन दीया विक्रम काव्या आरव", "शर्मा वर्मा गुप्ता पटेल रेड्डी अय्यर मेहता")),
    (3, _names("伟 芳 娜 敏 静 磊 洋 婷", "王 李 张 刘 陈 杨 赵 黄", "{family}{given}")),
    (2, _names("陽菜 蓮 結衣 大翔 葵 湊 さくら 悠真", "佐藤 鈴木 高橋 田中 渡辺 伊藤 山本", "{family} {given}")),
    (1, _names("서연 민준 지우 도윤 하은 준서", "김 이 박 최 정 강", "{family}{given}")),
    (2, _names("Оксана Тарас Соломія Богдан Ярина Остап", "Шевченко Бондаренко Коваленко Ткачук Мельник")),
    (1, _names("Ελένη Νίκος Δήμητρα Κώστας Ιωάννα", "Γεωργίου Οικονόμου Αντωνίου Βασιλείου")),
)  # fmt: skip


def invented(dice: random.Random) -> str:
    """The name of somebody who does not exist."""
    weights = [weight for weight, _ in PEOPLES]
    names = dice.choices(PEOPLES, weights)[0][1]
    return names.shape.format(given=dice.choice(names.given), family=dice.choice(names.family))
