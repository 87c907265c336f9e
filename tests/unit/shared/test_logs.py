"""Log lines: JSON outside a terminal, one a line, bound to disclosure and stage; libraries' lines alike."""

import json
import logging

import pytest
import structlog

from shared import logs
from shared.settings import Settings


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return [json.loads(line) for line in captured.err.splitlines()]


def test_a_line_names_the_disclosure_and_stage_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json"))
    with logs.bind("d1", "parser"):
        structlog.get_logger().warning("dead letter", cause="corrupt", name="预算.pdf")
    structlog.get_logger().info("later")
    bound, free = lines(capsys)
    assert (
        bound.items() >= {"disclosure_id": "d1", "stage": "parser", "cause": "corrupt", "level": "warning"}.items()
    )
    assert bound["name"] == "预算.pdf"
    assert "disclosure_id" not in free


def test_libraries_and_stacks_come_as_one_json_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json"))
    logging.getLogger("some.library").error("it %s", "failed")
    try:
        raise ValueError("inner")
    except ValueError:
        structlog.get_logger().exception("outer")
    library, stack = lines(capsys)
    assert library["event"] == "it failed"
    assert "ValueError: inner" in str(stack["exception"])


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json", log_level="error"))
    structlog.get_logger().warning("not this")
    logging.getLogger("some.library").info("nor this")
    assert lines(capsys) == []


def test_a_terminal_gets_text_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="terminal"))
    structlog.get_logger().info("working", service="parser")
    text = capsys.readouterr().err
    assert "working" in text
    assert not text.lstrip().startswith("{")


def test_what_kafkas_client_repeats_is_told_once_and_nothing_else_is_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure(Settings(log_format="json"))
    for number in range(100):
        logging.getLogger("aiokafka").error("Unable connect to node with id %s", number)
    logging.getLogger("aiokafka.conn").error("another thing")
    for _ in range(2):
        structlog.get_logger().warning("ours")
        logging.getLogger("some.library").error("the same")
    told = [line["event"] for line in lines(capsys)]
    assert told == ["Unable connect to node with id 0", "another thing", *["ours", "the same"] * 2]
