"""A stick is found by its label, whoever has mounted it."""

from __future__ import annotations

from pathlib import Path

import pytest

from queue_server.storage.engine.mounts import mount_of


def a_machine(root: Path, mounts: str, label: str = "") -> Path:
    """Its `/proc/mounts`, and the label of `/dev/sdb1` if that has one."""
    (root / "proc").mkdir()
    (root / "proc" / "mounts").write_text(mounts)
    if label:
        (root / "dev" / "disk" / "by-label").mkdir(parents=True)
        (root / "dev" / "disk" / "by-label" / label).symlink_to("../../sdb1")
    return root


@pytest.mark.parametrize(
    ("mounts", "label", "found"),
    [
        ("/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /mnt/stick vfat rw 0 0\n", "QBACKUP", "mnt/stick"),
        ("/dev/sdb1 /media/the\\040nurse/QBACKUP vfat rw 0 0\n", "", "media/the nurse/QBACKUP"),
        ("/dev/sda1 / ext4 rw 0 0\n", "QBACKUP", None),
        ("/dev/sdb1 /mnt/stick vfat rw 0 0\n", "HOLIDAYS", None),
        ("tmpfs /run/QBACKUP tmpfs rw 0 0\n\nodd\n", "", None),
    ],
)
def test_it_is_where_its_device_or_a_folder_of_its_name_is_mounted(
    tmp_path: Path, mounts: str, label: str, found: str | None
) -> None:
    assert mount_of("QBACKUP", a_machine(tmp_path, mounts, label)) == (found and tmp_path / found)


def test_a_machine_that_does_not_tell_has_none(tmp_path: Path) -> None:
    assert mount_of("QBACKUP", tmp_path) is None
