"""What schemathesis cannot know of Aerie: how to sign in, and which paths share a method with a neighbour."""

import json
import os
import re
import urllib.parse
import urllib.request
import uuid

import schemathesis

URL = os.environ["AERIE_URL"]
EMAIL = os.environ.get("AERIE_EMAIL")

GOOD_KEY = re.compile(r"[\x21-\x7e]{1,512}")

# Literal paths beside a parameter: PUT /users/me goes to /users/{user_id} and is a 422 there, as in FastAPI.
NEIGHBOURS = {"/users/me", "/users/preview"}


# Addresses over 8 kB are a 414 whatever they ask, and the HTTP parser refuses heads over 16 kB; no header is judged by its length.
LONGEST = 4000
# No schema says that these names are refused at any depth.
FORBIDDEN = {"__proto__", "constructor", "prototype"}


@schemathesis.hook
def filter_case(context, case):
    if goes_to_neighbour(case) or misread_password(case):
        return False
    parts = [str(case.query or ""), *(case.headers or {}).values()]
    return all(len(part) < LONGEST for part in parts) and not has_forbidden_key(case.body)


@schemathesis.hook
def map_case(context, case):
    """A good key becomes one that was not used: the same key for another request is a 422."""
    for name, value in (case.headers or {}).items():
        if name.lower() == "idempotency-key" and GOOD_KEY.fullmatch(value):
            case.headers[name] = str(uuid.uuid4())
    return case


def goes_to_neighbour(case):
    declared = {method.upper() for method in case.operation.schema[case.operation.path]}
    return case.operation.path in NEIGHBOURS and case.method.upper() not in declared | {"OPTIONS", "TRACE"}


def has_forbidden_key(value):
    if isinstance(value, dict):
        return bool(FORBIDDEN & set(value)) or any(map(has_forbidden_key, value.values()))
    return isinstance(value, list) and any(map(has_forbidden_key, value))


def misread_password(case):
    """schemathesis 4.32 takes the lower-case half of Latin Extended-A for \\p{Lu} as well."""
    body = case.body if isinstance(case.body, dict) else {}
    return any(is_misread(body.get(name)) for name in ("password", "new_password"))


def is_misread(password):
    if not isinstance(password, str) or any(letter.isupper() for letter in password):
        return False
    return any("\u0100" <= letter <= "\u017f" for letter in password)


def sign_in():
    form = urllib.parse.urlencode({"username": EMAIL, "password": "Password1"}).encode()
    with urllib.request.urlopen(urllib.request.Request(URL + "/auth/token", data=form)) as answer:
        return json.load(answer)["access_token"]


if EMAIL:

    @schemathesis.auth(refresh_interval=2)  # the run signs out and deletes accounts as it goes
    class Bearer:
        def get(self, case, context):
            try:
                return sign_in()
            except OSError:
                return "gone"

        def set(self, case, data, context):
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}
