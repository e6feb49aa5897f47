"""What a worker and its kernels find around them."""

from zhibiao.running.environment import environment


def test_where_no_bytecode_may_stand_beside_the_source_kernels_share_it_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    assert "PYTHONPYCACHEPREFIX" not in environment(tmp_path, None)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    given = environment(tmp_path, None)
    assert "PYTHONDONTWRITEBYTECODE" not in given
    assert given["PYTHONPYCACHEPREFIX"].endswith("bytecode")


def test_a_kernel_notes_what_it_asks_and_finds_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SMTP_PASS", "x")
    monkeypatch.setenv("BASE", "https://ghp_token@github.com/x")
    given = environment(tmp_path, None)
    assert given["ZHIBIAO_TRACE"] == "1"
    assert not {"SMTP_PASS", "BASE"} & given.keys()
