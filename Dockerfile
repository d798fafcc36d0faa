# One image for every role: `docker run IMAGE serve ingest-api`, `… migrate`, `… demo`. See docs/operations/image.md.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

# --- what is installed, in a folder that the last stage takes over as it is ------------------------------------------
FROM ${PYTHON_IMAGE} AS build
SHELL ["/bin/sh", "-euc"]

# The package index, where it is not the public one; and a secret `ca-bundle` with its certificates, where it needs some:
#   docker build --build-arg PIP_INDEX_URL=… --build-arg UV_INDEX_URL=… --secret id=ca-bundle,src=FILE .
ARG PIP_INDEX_URL
ARG UV_INDEX_URL
ARG SOURCE_DATE_EPOCH=0
ENV PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
    UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never

WORKDIR /build
COPY requirements-bootstrap.lock ./
RUN --mount=type=cache,target=/root/.cache --mount=type=secret,id=ca-bundle \
    if [ -s /run/secrets/ca-bundle ]; then export SSL_CERT_FILE=/run/secrets/ca-bundle PIP_CERT=/run/secrets/ca-bundle; fi; \
    python -m venv /opt/bootstrap; \
    /opt/bootstrap/bin/pip install --quiet --require-hashes --requirement requirements-bootstrap.lock; \
    /opt/bootstrap/bin/uv venv --quiet --no-project --python "$(command -v python3.11)" /opt/fairway

COPY requirements.lock ./
RUN --mount=type=cache,target=/root/.cache --mount=type=secret,id=ca-bundle \
    if [ -s /run/secrets/ca-bundle ]; then export SSL_CERT_FILE=/run/secrets/ca-bundle; fi; \
    /opt/bootstrap/bin/uv pip install --quiet --python /opt/fairway/bin/python \
        --require-hashes --only-binary :all: --requirement requirements.lock

COPY deploy/image/slim.py ./
RUN python slim.py /opt/fairway/lib/python3.11/site-packages

ENV PATH=/opt/bootstrap/bin:$PATH

# The kernels, compiled for a processor that every node of a cluster has, not for the one that builds: nodes of the last
# ten years have x86-64-v3. On other architectures give KERNEL_CPU=generic and no features. They take minutes, and come
# before what changes more often.
COPY libs/astrodynamics ./libs/astrodynamics
RUN pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir wheels libs/*; \
    uv pip install --quiet --python /opt/fairway/bin/python --no-deps --no-index wheels/*.whl; \
    rm -r wheels libs

ARG KERNEL_CPU=x86-64-v3
ARG KERNEL_CPU_FEATURES=+avx,+avx2,+bmi,+bmi2,+f16c,+fma,+lzcnt,+movbe,+popcnt,+sse3,+sse4.1,+sse4.2,+ssse3,+xsave,+cx16,+sahf,+fxsr,+mmx,+sse,+sse2,+cmov,+cx8
ENV NUMBA_CPU_NAME=${KERNEL_CPU} NUMBA_CPU_FEATURES=${KERNEL_CPU_FEATURES} \
    NUMBA_CACHE_DIR=/opt/fairway/kernels \
    NUMBA_CACHE_LOCATOR_CLASSES=astrodynamics.kernel_cache.ShippedKernels
RUN /opt/fairway/bin/python -c 'from astrodynamics import probability, screening; \
        screening.warm_up(); probability.warm_up(tuple(probability.METHODS))'

# Everything else of ours, and the few kernels that it uses in another way.
COPY libs/ccsds ./libs/ccsds
COPY libs/assessment ./libs/assessment
COPY libs/servicekit ./libs/servicekit
COPY libs/records ./libs/records
COPY services ./services
COPY tools ./tools
COPY apps ./apps
RUN pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir wheels libs/* services/* tools/* apps/*; \
    uv pip install --quiet --python /opt/fairway/bin/python --no-deps --no-index wheels/*.whl; \
    /opt/fairway/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/fairway/lib; \
    /opt/fairway/bin/python -m fairway.kernels; \
    /opt/fairway/bin/python -c 'from fairway.composition import SERVICES, modules; modules(list(SERVICES))'

# --- what runs -------------------------------------------------------------------------------------------------------
FROM ${PYTHON_IMAGE}

ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Fairway" \
      org.opencontainers.image.description="Conjunction assessment: checks orbit files, screens them, tells who must know." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

ARG KERNEL_CPU=x86-64-v3
ARG KERNEL_CPU_FEATURES=+avx,+avx2,+bmi,+bmi2,+f16c,+fma,+lzcnt,+movbe,+popcnt,+sse3,+sse4.1,+sse4.2,+ssse3,+xsave,+cx16,+sahf,+fxsr,+mmx,+sse,+sse2,+cmov,+cx8
ENV PATH=/opt/fairway/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CPU_NAME=${KERNEL_CPU} NUMBA_CPU_FEATURES=${KERNEL_CPU_FEATURES} \
    NUMBA_CACHE_DIR=/opt/fairway/kernels \
    NUMBA_CACHE_LOCATOR_CLASSES=astrodynamics.kernel_cache.ShippedKernels \
    FAIRWAY_HTTP__HOST=0.0.0.0 FAIRWAY_HTTP__PORT=8080 \
    FAIRWAY_DATA=/var/lib/fairway

COPY --from=build /opt/fairway /opt/fairway
COPY LICENSE /usr/share/doc/fairway/LICENSE

# The base's installer goes. The data folder matters only where a part is embedded; then a volume belongs there. Its group
# is root's, so that a platform may give the container any user.
RUN rm -rf /usr/local/bin/pip* /usr/local/lib/python3.11/site-packages/* \
 && install -d -o 10001 -g 0 -m 0770 /var/lib/fairway
USER 10001:0
WORKDIR /var/lib/fairway
EXPOSE 8080

HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 CMD ["python", "-m", "fairway.probe"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["fairway"]
CMD ["serve", "all"]
