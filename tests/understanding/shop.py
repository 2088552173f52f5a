"""A small repository with a history, for everything that understands one."""

from __future__ import annotations

FIRST = {
    "shop/__init__.py": "",
    "shop/prices.py": '''"""Prices and discounts."""

import decimal

RATE = decimal.Decimal("0.19")


def total(prices, discount=0):
    """Add prices up, less a discount.

    Nothing is rounded.
    """
    check_discount(discount)
    return sum(prices) - discount


def check_discount(discount):
    if discount < 0:
        raise ValueError("a discount is not negative")


class Basket:
    """What a customer is about to buy."""

    def __init__(self):
        self.items = []

    def add(self, item):
        self.items.append(item)

    def price(self):
        return total(item.price for item in self.items)
''',
    "shop/mail.py": '''from shop.prices import Basket, total as sum_up


def send_invoice(basket: Basket, address):
    """Send the bill to a customer by mail."""
    amount = sum_up([basket.price()])
    return f"{address}: {amount}"


class Parcel(Basket):
    def price(self):
        self.weigh()
        return 5

    def weigh(self):
        return 1
''',
    "tests/test_prices.py": """from shop.prices import total, Basket


def test_total():
    assert total([1, 2]) == 3


def test_basket():
    assert Basket().price() == 0
""",
    "README.md": "# A shop\n\nIt sells things and sends invoices.\n",
}

CHANGES = [
    (
        {"shop/mail.py": FIRST["shop/mail.py"].replace("amount}", "amount} Euro")},
        "Invoices name the currency",
    ),
    (
        {
            "shop/prices.py": FIRST["shop/prices.py"].replace("discount < 0", "discount <= -1"),
            "tests/test_prices.py": FIRST["tests/test_prices.py"] + "\n\nEXTRA = 1\n",
        },
        "Fix the check of negative discounts",
    ),
    (
        {"shop/mail.py": FIRST["shop/mail.py"].replace("return 1", "return 2")},
        "Parcels weigh more",
    ),
    (
        {"shop/prices.py": FIRST["shop/prices.py"].replace("0.19", "0.20")},
        "The tax rate went up",
    ),
]


def build(sample, root):
    """Return a repository made by `sample_repository` with the commits above."""
    made = sample.SampleRepository(root)
    made.commit(FIRST, "Open the shop")
    for files, message in CHANGES:
        made.commit(files, message)
    return made
