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

CURSOR_OF_IDS = re.compile(r"\d{1,16}\.\d{1,14}")
GOOD_KEY = re.compile(r"[\x21-\x7e]{1,255}")

# Literal paths beside a parameter: PUT /users/me goes to /users/{user_id} and is a 422 there, as in FastAPI.
NEIGHBOURS = {"/users/me", "/users/preview"}


# Addresses over 8 kB are a 414 whatever they ask, and the HTTP parser refuses heads over 16 kB; no header is judged by its length.
LONGEST = 4000
# No schema says that these names are refused at any depth.
FORBIDDEN = {"__proto__", "constructor", "prototype"}
# In names and titles: control characters, line and paragraph separators, bidirectional marks.
NOT_IN_LABELS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@schemathesis.hook
def filter_case(context, case):
    if goes_to_neighbour(case) or breaks_rule_in_words(case) or has_cursor_of_another_order(case) or names_a_field_twice(case):
        return False
    parts = [urllib.parse.quote(str(case.query or "")), *(case.headers or {}).values()]
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


def has_cursor_of_another_order(case):
    """A cursor belongs to the order of the list that gave it, which no schema can say. Only one of ids is good by chance."""
    query = case.query or {}
    cursors = [str(query[name]) for name in ("after", "before") if query.get(name) is not None]
    has_order = bool({"sort", "created_from", "created_to"} & set(query))
    return any(has_order or not CURSOR_OF_IDS.fullmatch(cursor) for cursor in cursors)


def names_a_field_twice(case):
    """`sort=title,-title`: no portable pattern refuses it."""
    fields = [name.lstrip("-") for name in str((case.query or {}).get("sort", "")).split(",")]
    return len(set(fields)) < len(fields)


def breaks_rule_in_words(case):
    """Rules that no schema can say: an upper-case letter in a password, visible characters in a name, a whole address."""
    body = case.body if isinstance(case.body, dict) else {}
    passwords = [body.get(name) for name in ("password", "new_password")]
    texts = [body.get(name) for name in ("name", "title")]
    if case.media_type == "application/merge-patch+json" and is_part_of_address(body.get("address")):
        return True
    return any(map(lacks_upper_case, passwords)) or any(map(is_too_short_when_trimmed, texts)) or any(map(is_no_label, texts))


def is_no_label(text):
    return isinstance(text, str) and NOT_IN_LABELS.search(text) is not None


def is_part_of_address(address):
    """Good for who has an address, of whom schemathesis knows nothing."""
    return isinstance(address, dict) and not all(isinstance(address.get(name), str) for name in ("street", "city"))


def lacks_upper_case(password):
    return isinstance(password, str) and not any(letter.isupper() for letter in password)


def is_too_short_when_trimmed(text):
    return isinstance(text, str) and len(text) > 1 and sum(letter.isprintable() for letter in text.strip()) < 2


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
