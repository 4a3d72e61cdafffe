# ruff: noqa: F401
"""What the tests' own programs need, loaded once by the process that they are forked from (`processes`)."""

import gc

import oms_tui.cli.entry
import oms_tui.cli.importing
import oms_tui.cli.worker
import oms_tui.desk.workers
import oms_tui.exchange.ingest
import oms_tui.exchange.settlement
import oms_tui.exchange.uci
import oms_tui.outside.provider
import oms_tui.store.migrations.run
import tests.desk.acting
import tests.desk.claiming

gc.freeze()
