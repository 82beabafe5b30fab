"""The command line: tenants, people, demo data (docs: README, "Commands")."""

import json

import click
from flask import Flask, current_app

from webapp.domain.errors import Refusal
from webapp.domain.roles import ROLES
from webapp.services import accounts
