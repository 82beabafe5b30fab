"""What every answer carries, so that a browser helps us keep the walls."""

from flask import Flask, Response, current_app, g, request

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def install(app: Flask) -> None:
    app.after_request(_seal)


def _seal(response: Response) -> Response:
    response.headers.update(ALWAYS)
    if current_app.config["CRIER"].is_https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        response.vary.update(("HX-Request", "Cookie"))
        if g.get("visitor") is not None or not response.cache_control.max_age:
            response.headers["Cache-Control"] = "no-store"
    return response
