"""The languages whose repositories can be adopted, each behind one seam.

`docs/adding-a-language.md` shows how another one is added.
"""

from journeyman.languages.language import Language
from journeyman.languages.registry import by_name, choose, languages

__all__ = ["Language", "by_name", "choose", "languages"]
