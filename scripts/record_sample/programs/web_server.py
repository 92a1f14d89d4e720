# SPDX-License-Identifier: Apache-2.0
"""nginx with TLS over a folder, for all programs that speak HTTPS; its settings differ from session to session."""

TEMPLATE = """
daemon off; worker_processes 1; user root; pid {folder}/nginx.{name}.pid; error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
  access_log off; include /etc/nginx/mime.types; default_type application/octet-stream;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  keepalive_timeout {keepalive}; server_tokens {tokens}; add_header X-Trace "{trace}";
  ssl_protocols {protocols}; ssl_ecdh_curve {curve}; ssl_session_tickets {tickets};
  error_page 405 =200 $uri;
  root {root};
{servers}
}}
"""
SERVER = "  server {{ listen {address}:443 ssl http2; ssl_certificate {path}.crt; ssl_certificate_key {path}.key; }}"


def start_nginx(session, name: str, root, addresses) -> None:
    rng = session.rng
    configuration = session.folder / f"nginx.{name}.conf"
    configuration.write_text(
        TEMPLATE.format(
            folder=session.folder,
            name=name,
            root=root,
            keepalive=rng.choice((5, 15, 65)),
            tokens=rng.choice(("on", "off")),
            trace=rng.randbytes(rng.randint(1, 120)).hex(),
            protocols=rng.choice(("TLSv1.2", "TLSv1.2 TLSv1.3", "TLSv1.2 TLSv1.3")),
            curve=rng.choice(("X25519:prime256v1", "X25519:prime256v1", "prime256v1", "secp384r1")),
            tickets=rng.choice(("on", "off")),
            servers="\n".join(SERVER.format(address=a, path=session.any_certificate()) for a in addresses),
        )
    )
    session.start_server("nginx", "-c", configuration, port=443, address=addresses[0])
