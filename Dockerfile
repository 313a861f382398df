# Minyi with the clients for PostgreSQL and Elasticsearch; used by compose.yaml.
FROM python:3.11-slim
WORKDIR /opt/minyi
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY crawlers crawlers
COPY pipeline pipeline
COPY models models
COPY index index
COPY api api
RUN pip install --no-cache-dir --constraint requirements.lock '.[postgres,elastic]' \
    && useradd --system --create-home --home-dir /data minyi
USER minyi
ENV MINYI_HOME=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["minyi"]
