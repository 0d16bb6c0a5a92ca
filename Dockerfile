FROM python:3.12-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/news-worker
COPY pyproject.toml README.md LICENSE ./
COPY worker worker
RUN --mount=type=cache,target=/var/cache/pip /opt/news-worker/bin/pip install --cache-dir /var/cache/pip --disable-pip-version-check '.[rocksdb,otel]'

FROM python:3.12-slim-bookworm
RUN groupadd --gid 10001 worker \
 && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin worker \
 && install -d -o worker -g worker /data
COPY --from=build /opt/news-worker /opt/news-worker
ENV PATH=/opt/news-worker/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NEWS_WORKER_DATA=/data
USER 10001
WORKDIR /data
EXPOSE 8080 8081
# Asks /healthz of the process at NEWS_WORKER_WEB; compose and Kubernetes bring checks of their own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=40s --retries=3 CMD ["python", "-m", "worker.web.probe", "/healthz"]
ENTRYPOINT ["news-worker"]
CMD ["worker"]
