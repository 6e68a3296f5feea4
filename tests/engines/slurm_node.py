"""A Slurm of one node, for tests: its own keys, ports, spool and logs under a temporary folder; needs root.

    python -m tests.engines.slurm_node FOLDER MARK

starts munged, slurmctld and slurmd there, which leave the terminal, and prints SLURM_CONF. tests/engines/marked.py ends
what carries the mark; what works around a job is known by FOLDER, which should have the mark in its name.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from tests.engines.marked import MARK, free_ports

COMMANDS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "sinfo")
CONF = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={daemon}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
MailProg=/bin/true
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=100000
KillWait=60
ReturnToService=2
SlurmdTimeout=300
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=usual Nodes={host} Default=YES PriorityTier=1 MaxTime=INFINITE State=UP
PartitionName=first Nodes={host} PriorityTier=9 PreemptMode=OFF State=UP
"""


def missing() -> str:
    """Why no Slurm can be started here, or nothing."""
    lacks = [name for name in COMMANDS if not shutil.which(name)]
    if lacks:
        return f"{', '.join(lacks)} not installed: apt-get install slurm-wlm munge"
    return "" if os.geteuid() == 0 else "a Slurm of one node needs root"


def start(folder: Path, mark: str) -> Path:
    """Start its three daemons; returns the configuration, for SLURM_CONF."""
    for name in ("state", "spool"):
        (folder / name).mkdir()
    controller, daemon = free_ports(2)
    conf, key = folder / "slurm.conf", folder / "munge.key"
    conf.write_text(CONF.format(host=socket.gethostname(), folder=folder, controller=controller, daemon=daemon))
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o600)
    env = os.environ | {MARK: mark, "SLURM_CONF": str(conf)}
    files = {"socket": "socket", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
    words = [f"--{flag}={folder}/munge.{name}" for flag, name in files.items()]
    for command in (
        ["munged", "--force", "--num-threads=2", f"--key-file={key}", *words],
        ["slurmctld", "-f", str(conf)],
        ["slurmd", "-f", str(conf), "-N", socket.gethostname()],
    ):
        subprocess.run(command, env=env, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    return conf


if __name__ == "__main__":
    print(f"SLURM_CONF={start(Path(sys.argv[1]), sys.argv[2])}")
