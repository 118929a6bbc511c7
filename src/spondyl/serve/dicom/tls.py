"""Certificates of the configuration as contexts of the ssl module."""

import ssl

from spondyl.serve.dicom.settings_ways import TlsClient, TlsServer


def server_context(tls: TlsServer | None) -> ssl.SSLContext | None:
    """For those who call the node; None leaves associations plain.

    Raises
    ------
    ssl.SSLError
        If certificate and key are none, or do not belong together.
    """
    if tls is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(tls.certificate, tls.private_key)
    if tls.client_ca is not None:
        context.load_verify_locations(tls.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(tls: TlsClient | None) -> ssl.SSLContext | None:
    """For a destination; its certificate is checked, its name as well.

    Raises
    ------
    ssl.SSLError
        As above.
    """
    if tls is None:
        return None
    context = ssl.create_default_context(
        ssl.Purpose.SERVER_AUTH, cafile=None if tls.ca is None else str(tls.ca)
    )
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.certificate is not None:
        context.load_cert_chain(tls.certificate, tls.private_key)
    return context
