"""Runs LocalStack's Lambda functions as plain processes, without Docker.

Each execution environment is AWS's runtime interface emulator with AWS's Java runtime interface client in it, so that a
function starts, is invoked, times out and fails by AWS's own code. LocalStack finds this by the entry point in
pyproject.toml, where LAMBDA_RUNTIME_EXECUTOR=host. It reads:

HOST_EXECUTOR_RIE   the runtime interface emulator, a program
HOST_EXECUTOR_RIC   the class path of the Java runtime interface client
JAVA_HOME           the Java that runs the functions
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import requests
from localstack import config
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor
from localstack.utils.net import get_free_tcp_port

HOST = "127.0.0.1"
LAMBDA_LONGEST_SECONDS = 900
START_SECONDS = 60
# Lambda gives Java most of a function's memory as its heap.
HEAP_PART = 0.8


class HostRuntimeExecutor(RuntimeExecutor):
    def __init__(self, id, function_version):
        super().__init__(id=id, function_version=function_version)
        self.directory = tempfile.mkdtemp(prefix="lambda-")
        self.log_path = os.path.join(self.directory, "log")
        self.port, self.api_port = get_free_tcp_port(), get_free_tcp_port()
        self.process = None
        self.session = requests.Session()
        self.session.trust_env = False

    def start(self, env_vars):
        function = self.function_version.config
        code = str(function.code.get_unzipped_code_location())
        java_home = os.environ["JAVA_HOME"]
        environment = {k: str(v) for k, v in env_vars.items() if v is not None and not k.startswith("LOCALSTACK_")}
        environment.update(
            PATH=f"{java_home}/bin:/usr/bin:/bin",
            LAMBDA_TASK_ROOT=code,
            TZ=":UTC",
            AWS_EXECUTION_ENV=f"AWS_Lambda_{function.runtime}",
        )
        command = [
            os.environ["HOST_EXECUTOR_RIE"],
            "--log-level", "error",
            "--runtime-interface-emulator-address", f"{HOST}:{self.port}",
            "--runtime-api-address", f"{HOST}:{self.api_port}",
            f"{java_home}/bin/java",
            f"-Xmx{int(function.memory_size * HEAP_PART)}m",
            "-cp", f"{os.environ['HOST_EXECUTOR_RIC']}:{code}:{code}/lib/*",
            "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
            function.handler,
        ]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                command, cwd=code, env=environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )
        self._await_emulator()

    def _await_emulator(self):
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection((HOST, self.port), 1).close()
                return
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise RuntimeError(f"the runtime interface emulator did not start: {self.get_logs()}") from None
                time.sleep(0.02)

    def stop(self):
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def get_address(self):
        return HOST

    def get_endpoint_from_executor(self):
        return HOST

    def get_runtime_endpoint(self):
        return f"http://{HOST}:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    def invoke(self, payload):
        request = payload["payload"]
        begin = os.path.getsize(self.log_path)
        answer = self.session.post(
            f"http://{HOST}:{self.port}/2015-03-31/functions/function/invocations",
            data=request.encode() if isinstance(request, str) else request,
            headers={"X-Amzn-Trace-Id": payload.get("trace-id") or ""},
            timeout=LAMBDA_LONGEST_SECONDS + 10,
        ).content
        with open(self.log_path, "rb") as log:
            log.seek(begin)
            lines = log.read().decode("utf-8", "replace")
        result, is_error = self._result(payload["invoke-id"], answer)
        return InvocationResult(payload["invoke-id"], result, is_error=is_error, logs=lines)

    @staticmethod
    def _result(request_id, answer):
        """The emulator tells errors from results by their form alone."""
        if answer.startswith(b"Task timed out"):
            return json.dumps({"errorMessage": f"{request_id} {answer.decode()}"}).encode(), True
        try:
            body = json.loads(answer)
        except ValueError:
            return answer, False
        return answer, isinstance(body, dict) and "errorType" in body

    def get_logs(self):
        try:
            with open(self.log_path, errors="replace") as log:
                return log.read()
        except OSError:
            return ""

    @classmethod
    def prepare_version(cls, function_version):
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        pass


class HostExecutorPlugin(RuntimeExecutorPlugin):
    name = "host"

    def load(self, *args, **kwargs):
        return HostRuntimeExecutor
