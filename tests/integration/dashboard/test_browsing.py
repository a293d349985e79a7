"""The tests' browser does not give a page up because another test made a network."""

from __future__ import annotations

import socket
import threading
import time
import uuid
from typing import TYPE_CHECKING

import docker
import pytest
from playwright.sync_api import TimeoutError as StillWaiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.integration, pytest.mark.browser]


def networks_come_and_go() -> None:
    """Let the machine have another address for a moment, three times."""
    engine = docker.from_env()
    for _ in range(3):
        network = engine.networks.create(f"amaie-test-{uuid.uuid4().hex}")
        time.sleep(0.2)
        network.remove()


def test_a_page_is_waited_for_while_networks_come_and_go(browser: Browser) -> None:
    """A connection that is being made goes on: the browser still waits for a server that says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        others = threading.Thread(target=networks_come_and_go)
        others.start()
        with pytest.raises(StillWaiting):
            browser.new_page().goto(f"https://127.0.0.1:{server.getsockname()[1]}", timeout=5000)
        others.join()
