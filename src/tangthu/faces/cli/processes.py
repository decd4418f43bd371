"""Commands that keep running: the whole house, a worker, the integrator; and migration."""

from __future__ import annotations

import click

from tangthu.faces.cli.context import house
from tangthu.faces.cli.words import translate as _


@click.command(help=_("Chạy cả hệ thống trên một máy (Ctrl-C để dừng)."))
@click.option("--demo/--no-demo", default=True, help=_("Tạo dữ liệu trình diễn nếu còn trống."))
def up(demo: bool) -> None:
    """Start everything; the first start makes a demonstration unless told not to."""
    from tangthu.kernel.home import Home

    home = Home.from_environment().ensure()
    home.keep_temporary_files()
    import django

    django.setup()
    from tangthu.faces.cli import up as runner

    runner.up(home, demo=demo)


@click.command(help=_("Đưa cơ sở dữ liệu về đúng phiên bản."))
def migrate() -> None:
    """Give the roles their logins, run migrations, grant rights."""
    with house(migrate=True):
        click.echo("Cơ sở dữ liệu đã sẵn sàng.", err=True)


@click.command(help=_("Chạy các công việc dài (chạy thêm trên máy khác cũng được)."))
@click.option("--concurrency", default=1, show_default=True, type=click.IntRange(1, 32))
def worker(concurrency: int) -> None:
    """Run queued jobs until stopped; says first what this host lacks."""
    with house(process="site"):
        from tangthu.faces.cli.worker_start import require_fit, stores_away
        from tangthu.kernel.worker import run_worker
        from tangthu.repository.places import recover_all

        require_fit()
        for words in stores_away():
            click.echo(words, err=True)
        recover_all()
        run_worker(concurrency)


@click.command(help=_("Đưa sự kiện vào sổ cái và ký điểm kiểm tra."))
@click.option("--once", is_flag=True, help=_("Làm hết việc đang chờ rồi thôi."))
def integrator(once: bool) -> None:
    """Build the tree of every log until stopped, or once."""
    with house(process="integrator"):
        from tangthu.ledger.integrator import run_forever, run_once

        if once:
            run_once()
        else:
            run_forever()
