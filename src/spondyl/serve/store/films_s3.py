"""Films in an S3 bucket, of Amazon or of any server that speaks its language."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from spondyl.serve.store.errors import NoFilmError, StoreError
from spondyl.serve.store.films import checked_key

_OPTIONS = frozenset({"endpoint", "region"})
_MISSING = frozenset({"NoSuchKey", "404", "NotFound"})


def open_s3(url: str) -> "S3Films":
    """A store by ``s3://bucket/prefix?endpoint=...&region=...``.

    Who may write is told by the usual places (environment, ``~/.aws``, the machine's role): a URL
    stands in files and logs.

    Raises
    ------
    StoreError
        If the URL says something else, or boto3 is not installed.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if not parts.hostname or set(options) - _OPTIONS or "@" in parts.netloc:
        raise StoreError(
            "films: expected s3://bucket/prefix, with no more than ?endpoint=...&region=... behind "
            "it; keys of access belong into the environment."
        )
    try:
        import boto3
        from botocore.config import Config
    except ModuleNotFoundError:
        raise StoreError('films: S3 needs the extra [s3]; run: pip install "spondyl[s3]"') from None
    client = boto3.client(
        "s3",
        endpoint_url=options.get("endpoint"),
        region_name=options.get("region"),
        config=Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3, "mode": "standard"},
            max_pool_connections=32,
            # Servers other than Amazon's know buckets by path, and not always the newer checksums.
            s3={"addressing_style": "path"} if "endpoint" in options else None,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    return S3Films(client, parts.netloc, parts.path.strip("/"))


class S3Films:
    """A film store in a bucket; see :class:`spondyl.serve.store.films.FilmStore`.

    Parameters
    ----------
    client : boto3's S3 client
    bucket, prefix : str
    """

    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        self._client = client
        self.bucket = bucket
        self.prefix = prefix

    def put(self, key: str, content: bytes) -> None:
        """Write; S3 shows an object as a whole, or not at all."""
        self._call("put_object", key, Body=content)

    def get(self, key: str) -> bytes:
        """Read."""
        from botocore.exceptions import BotoCoreError, HTTPClientError

        answer = self._call("get_object", key)
        try:
            return bytes(answer["Body"].read())
        except (BotoCoreError, HTTPClientError) as error:
            raise StoreError(f"films: the S3 store broke off ({type(error).__name__}).") from None

    def delete(self, key: str) -> None:
        """Remove."""
        self._call("delete_object", key)

    def has(self, key: str) -> bool:
        """Look."""
        try:
            self._call("head_object", key)
        except NoFilmError:
            return False
        return True

    def check(self) -> None:
        """Ask for the bucket."""
        try:
            self._call("head_bucket", None)
        except NoFilmError:
            raise StoreError(f"films: there is no bucket {self.bucket!r}.") from None

    def _call(self, what: str, key: str | None, **more: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        if key is not None:
            more["Key"] = "/".join(filter(None, (self.prefix, checked_key(key))))
        try:
            return getattr(self._client, what)(Bucket=self.bucket, **more)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _MISSING:
                raise NoFilmError(key or self.bucket) from None
            raise StoreError(f"films: the S3 store refuses ({code or 'no code'}).") from None
        except BotoCoreError as error:
            raise StoreError(
                f"films: the S3 store does not answer ({type(error).__name__})."
            ) from None
