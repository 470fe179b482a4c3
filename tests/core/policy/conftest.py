"""The packs the product ships, loaded once."""

from __future__ import annotations

import pytest

from core.plugin_manager import NATIONAL, PluginManager
from core.policy.pack import RegionPack, load_region
from core.policy.version import PolicyVersion


@pytest.fixture(scope="session")
def manager() -> PluginManager:
    return PluginManager()


@pytest.fixture(scope="session")
def qinhuangdao(manager: PluginManager) -> PolicyVersion:
    return manager.region("qinhuangdao").newest


@pytest.fixture(scope="session")
def national() -> RegionPack:
    return load_region(NATIONAL)
