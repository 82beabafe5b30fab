"""Settings: the tenant's name, zone, country and stop words; one's own password."""

from flask import Blueprint, render_template

from webapp.forms.sign_in import PasswordForm

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.get("")
def index():
    return render_template("settings/index.html", password_form=PasswordForm())
