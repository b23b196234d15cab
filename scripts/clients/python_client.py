"""The same scenario as scenario.ts, with the client of openapi-python-client."""

import re
import sys
from urllib.parse import parse_qs, urlsplit

from aerie_client import AuthenticatedClient, Client
from aerie_client.api.auth import sign_in
from aerie_client.api.items import list_items
from aerie_client.api.orders import place_order
from aerie_client.api.reports import export_orders
from aerie_client.models import (
    HTTPValidationError,
    ItemList,
    OrderCreate,
    OrderResponse,
    PasswordForm,
    RefreshForm,
    RefreshFormGrantType,
    Token,
)
from aerie_client.types import UNSET

url = sys.argv[1]
anonymous = Client(base_url=url)

signed_in = sign_in.sync(client=anonymous, body=PasswordForm(username="ann@aerie.example", password="Password1"))
assert isinstance(signed_in, Token), signed_in
refreshed = sign_in.sync(
    client=anonymous,
    body=RefreshForm(grant_type=RefreshFormGrantType.REFRESH_TOKEN, refresh_token=signed_in.refresh_token),
)
assert isinstance(refreshed, Token), refreshed
client = AuthenticatedClient(base_url=url, token=signed_in.access_token)

ids: list[int] = []
after = ""
for _ in range(100):
    page = list_items.sync_detailed(client=client, limit=4, after=after or UNSET)
    assert isinstance(page.parsed, ItemList), page
    ids += [item.id for item in page.parsed.items]
    link = re.search(r'<([^>]*)>; rel="next"', page.headers.get("Link", ""))
    if link is None:
        break
    after = parse_qs(urlsplit(link[1]).query)["after"][0]
assert len(ids) > 10 and len(set(ids)) == len(ids), ids

order = place_order.sync(client=client, body=OrderCreate(item_id=ids[0], quantity=1))
assert isinstance(order, OrderResponse), order
refused = place_order.sync(client=client, body=OrderCreate(item_id=ids[0], quantity=0))
assert isinstance(refused, HTTPValidationError), refused
assert [error.loc for error in refused.detail] == [["body", "quantity"]], refused

csv = export_orders.sync(client=client)
assert isinstance(csv, str) and csv.startswith("id,user_id,") and f"\n{order.id}," in csv, csv

seconds = 0
for _ in range(10):
    guess = PasswordForm(username="nobody.python@example.com", password="Password2")
    put_off = sign_in.sync_detailed(client=anonymous, body=guess)
    if put_off.status_code == 429:
        seconds = int(put_off.headers["Retry-After"])
        break
    assert put_off.status_code == 401, put_off
assert seconds > 0
print(f"openapi-python-client: signed in, refreshed, {len(ids)} items by their pages, order {order.id}, 422, CSV, 429 for {seconds} s")
