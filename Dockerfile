# A mock of the documents in specs/ of the folder that is mounted at /api:
#
#   docker build -t treaty .
#   docker run --rm --read-only --tmpfs /tmp -p 4010:4010 -v "$PWD:/api:ro" treaty
#
# What follows the image's name takes the place of the command: `treaty mock other.yaml --host 0.0.0.0`.
FROM python:3.13-slim AS build
WORKDIR /build
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY src ./src
# What was tested is what is installed.
RUN python -m venv /opt/treaty \
    && /opt/treaty/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --constraint requirements.lock .

FROM python:3.13-slim
COPY --from=build /opt/treaty /opt/treaty
ENV PATH="/opt/treaty/bin:$PATH" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /api
USER 10001:10001
EXPOSE 4010
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:4010/__treaty/health', timeout=2)"]
ENTRYPOINT ["treaty"]
CMD ["mock", "--host", "0.0.0.0", "--port", "4010", "--control", "on"]
