"""Who may come in: every request to the dashboard, pages, files, kernels and websockets alike, needs the token or its cookie."""

from __future__ import annotations

import hmac
from typing import Any

from jupyter_server.auth.identity import IdentityProvider, User
from tornado import web

COOKIE = "zhibiao-{port}"
"""One cookie a port, so that two dashboards on one machine do not log each other out."""

ASK = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>指标 zhibiao</title><style>body{font:16px/1.7 sans-serif;max-width:32em;margin:12vh auto;padding:0 1em;color:#1f2933}
input{font:inherit;width:100%;box-sizing:border-box;padding:.4em}button{font:inherit;margin-top:.8em;padding:.3em 1.6em}</style></head>
<body><main><h1>指标 zhibiao</h1><!--wrong--><p>请输入口令。启动看板时，口令印在地址的 <code>token=</code> 之后；请向启动的人索取。</p>
<p lang="en">Please enter the token. It stands after <code>token=</code> in the address printed when the dashboard was started; ask whoever started it.</p>
<form method="get" action="/"><label for="token">口令 Token</label><input id="token" name="token" type="password" autocomplete="off" required autofocus>
<button type="submit">进入 Enter</button></form></main></body></html>"""

WRONG = '<p role="alert"><strong>口令不对。The token is wrong.</strong></p>'


class Doorkeeper(IdentityProvider):
    """Jupyter's question who somebody is, answered by the token alone; there is no login page, no password and nobody anonymous."""

    def admits(self, handler: web.RequestHandler) -> bool:
        """Whether a request carries the token, in its address or its header, or the cookie that it was exchanged for."""
        return bool(handler.get_signed_cookie(_cookie(handler))) or self.shows_token(handler)

    def shows_token(self, handler: web.RequestHandler) -> bool:
        """Whether a request carries the token itself."""
        given = self.get_token(handler) or ""
        return bool(self.token) and hmac.compare_digest(given.encode(), self.token.encode())

    def get_user(self, handler: web.RequestHandler) -> User | None:
        return User("planner") if self.admits(handler) else None

    def get_handlers(self) -> list[tuple[str, object]]:
        return []

    def is_token_authenticated(self, handler: web.RequestHandler) -> bool:
        return self.shows_token(handler)


def gated(handler: type[web.RequestHandler], *, page: bool = False) -> type[web.RequestHandler]:
    """The same handler behind the door.

    Parameters
    ----------
    handler : type
        Any of Tornado's handlers, also those of files, which know nothing of users.
    page : bool
        The page for people: it asks for the token where it is missing, and where the address holds it, keeps it in a cookie and takes
        it out of the address, so that it is neither bookmarked nor shown over a shoulder.
    """

    class Gated(handler):  # type: ignore[misc, valid-type]
        def prepare(self) -> Any:
            doorkeeper: Doorkeeper = self.settings["identity_provider"]
            if not doorkeeper.admits(self):
                self.set_status(403)
                wrong = WRONG if "token" in self.request.query_arguments else ""
                self.finish(ASK.replace("<!--wrong-->", wrong) if page else "403")
                return None
            if page and "token" in self.request.query_arguments:
                self.set_signed_cookie(_cookie(self), "1", expires_days=None, httponly=True, samesite="Lax")
                self.redirect(self.request.path)
                return None
            return super().prepare()

        def check_xsrf_cookie(self) -> None:
            """Nothing to do: the cookie is SameSite, another site's page cannot make the browser send it."""

    return Gated


class Nothing(web.RequestHandler):
    """Whatever is not the dashboard's own."""

    def prepare(self) -> None:
        raise web.HTTPError(404)


def _cookie(handler: web.RequestHandler) -> str:
    return COOKIE.format(port=handler.settings["port"])
