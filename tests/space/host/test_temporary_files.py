"""The folder of uploads and pictures: swept, bounded, and none left behind."""

import os
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np

from space.host import temporary_files


def test_old_files_of_visitors_go_and_those_of_the_page_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(temporary_files, "FOLDER", tmp_path)
    monkeypatch.setattr(temporary_files, "_used_bytes", 0)
    monkeypatch.setattr(temporary_files, "_swept", 0.0)
    old, new, own, gone = (tmp_path / name for name in ("old", "new", "own", "gone"))
    for path in (old, own):
        path.write_text("")
    new.write_text("")
    files = {str(path) for path in (old, new, own, gone)}
    demo = SimpleNamespace(
        blocks={1: SimpleNamespace(keep_in_cache={str(own)}), 2: SimpleNamespace()}, temp_file_sets=[files]
    )
    temporary_files.sweep(temporary_files.kept_files(demo))
    temporary_files.forget(demo)
    assert old.exists() and new.exists() and files == {str(path) for path in (old, new, own)}
    monkeypatch.setattr(temporary_files, "TEMPORARY_SECONDS", -5)
    temporary_files.sweep(temporary_files.kept_files(demo))
    temporary_files.forget(demo)
    assert not old.exists() and not new.exists() and own.exists()
    assert files == {str(own)}


def test_files_of_the_page_stay_where_a_link_leads_to_the_folder(tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "link"))
    folder = temporary_files.own_folder()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    monkeypatch.setattr(temporary_files, "FOLDER", folder)
    monkeypatch.setattr(temporary_files, "_used_bytes", 0)
    monkeypatch.setattr(temporary_files, "_swept", 0.0)
    monkeypatch.setattr(temporary_files, "TEMPORARY_SECONDS", -5)
    with gr.Blocks() as demo:
        gr.Image(np.zeros((9, 9), np.uint8))
    (own,) = temporary_files.kept_files(demo)
    temporary_files.sweep(temporary_files.kept_files(demo))
    assert Path(own).exists()


def test_room_is_made_and_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(temporary_files, "FOLDER", tmp_path)
    monkeypatch.setattr(temporary_files, "MAX_TEMPORARY_BYTES", 1000)
    monkeypatch.setattr(temporary_files, "_used_bytes", 0)
    monkeypatch.setattr(temporary_files, "_swept", 0.0)
    for name in "abc":
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(bytes(400))
        time.sleep(0.02)  # else they are of one age
    kept = str(tmp_path / "a" / "file")
    assert temporary_files.sweep([kept]) == 800
    assert temporary_files.make_room(200, list)
    monkeypatch.setattr(temporary_files, "_swept", 0.0)
    assert not temporary_files.make_room(300, lambda: [kept])  # too young to go
    monkeypatch.setattr(temporary_files, "GRACE_SECONDS", -1)
    monkeypatch.setattr(temporary_files, "_swept", 0.0)
    (tmp_path / "b" / "file").write_bytes(bytes(700))
    assert temporary_files.make_room(300, lambda: [kept])
    assert sorted(path.parent.name for path in tmp_path.rglob("file")) == ["a", "b"]  # not the oldest
    monkeypatch.setattr(temporary_files, "TEMPORARY_SECONDS", -100)
    temporary_files.sweep([kept])
    temporary_files.sweep([kept])  # folders go once they have been empty
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_a_killed_process_left_goes_at_the_next_start(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    old, young = tmp_path / f"{temporary_files.PREFIX}old", tmp_path / f"{temporary_files.PREFIX}young"
    other = tmp_path / "of another program"
    for folder in (old, young, other):
        folder.mkdir()
        (folder / "file").touch()
        if folder != young:
            os.utime(folder, (0, 0))
    temporary_files.own_folder().rmdir()
    assert sorted(path.name for path in tmp_path.iterdir()) == [young.name, other.name]


def test_a_sweep_passes_over_folders_that_vanish_meanwhile(tmp_path, monkeypatch):
    """Every picture that is made has a folder of its own for a moment (`whole_files`)."""
    monkeypatch.setattr(temporary_files, "FOLDER", tmp_path)
    done = threading.Event()

    def make_folders() -> None:
        while not done.is_set():
            for name in "abcd":
                (tmp_path / name / "below").mkdir(parents=True, exist_ok=True)
            for name in "abcd":
                (tmp_path / name / "below").rmdir()
                (tmp_path / name).rmdir()

    maker = threading.Thread(target=make_folders)
    maker.start()
    try:
        for _ in range(300):
            temporary_files.sweep()
    finally:
        done.set()
        maker.join()
