"""Where the site systems put an article's own text: CSS selectors by family, for who fetches and for who reads."""

from typing import Final

CONTENT_PLACES: Final[dict[str, tuple[str, ...]]] = {
    "trs_wcm": (".TRS_Editor", ".TRS_UEDITOR", ".trs_editor_view", ".trs_paper", "ucapcontent", "#UCAP-CONTENT"),
    "vsb": ("[id^=vsb_content]", ".v_news_content"),
    "json_catalogue": ("#zhengwen", ".article-content"),
    "jcms": (".main_section", ".article_content"),
    "static_html": (
        "#zoom",
        "#Zoom",
        "#zoomcon",
        "#fontzoom",
        ".article-content",
        "#articleContent",
        ".articleContent",
        ".article_content",
        ".article-detail",
        ".article-body",
        ".news_content",
        "#NewsContent",
        ".xxgk_content",
        ".details-content",
        "#details-content",
        ".pages_content",
        ".content_text",
        ".content-txt",
        ".bt_content",
        ".policy-box",
        "#artibody",
        ".ewb-article-content",
        "#ivs_content",
        ".j-fontContent",
    ),
}
"""Family → its places, the narrowest first; those of no family in particular stand last."""

BROAD_PLACES: Final = ("#content", ".content", "#article", ".article")
"""Names that sites give to an article's box, and to others: to be weighed against what else the page has."""
