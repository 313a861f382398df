# Minyi with the clients for PostgreSQL and Elasticsearch; used by compose.yaml.
# Every package is compared with its hash in requirements.hashed.lock; the image runs as a user without rights, needs no
# shell and writes nowhere but to /data, /backups and /tmp.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/minyi
COPY requirements.hashed.lock ./
RUN /opt/minyi/bin/pip install --no-cache-dir --require-hashes --requirement requirements.hashed.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY crawlers crawlers
COPY pipeline pipeline
COPY models models
COPY index index
COPY api api
RUN /opt/minyi/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
COPY --from=build /opt/minyi /opt/minyi
RUN useradd --system --uid 10001 --user-group --no-log-init --home-dir /data --shell /usr/sbin/nologin minyi \
    && install -d -o minyi -g minyi -m 0700 /data /backups
USER 10001:10001
ENV MINYI_HOME=/data PATH=/opt/minyi/bin:$PATH PYTHONDONTWRITEBYTECODE=1
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["minyi"]
