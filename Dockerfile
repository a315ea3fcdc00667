# The testbed as a container image: docs/how-to/run-in-a-container.md
FROM python:3.11-slim
ARG CXMOCK=cxmock
RUN pip install --no-cache-dir "$CXMOCK" && useradd --create-home cxmock && mkdir --mode=1777 /tmp/cxmock
ENV CXMOCK_TMPDIR=/tmp/cxmock
HEALTHCHECK --interval=5s --timeout=5s CMD ["cxmock", "env"]
ENTRYPOINT ["cxmock"]
CMD ["up"]
