"""Every file with routes of campaigns, loaded, and the blueprint that they stand on."""

from webapp.views.campaigns import again, beside, index, reviewing, show, wizard
from webapp.views.campaigns.blueprint import bp

__all__ = ["again", "beside", "bp", "index", "reviewing", "show", "wizard"]
