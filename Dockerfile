# Two stages: the first needs compilers and pip, the second only what runs.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/strategist
ENV PATH=/opt/strategist/bin:$PATH
# CPU torch comes first and pinned; where the default index has only the GPU build, pass TORCH_ARGS.
ARG TORCH_ARGS=""
RUN pip install --no-cache-dir --upgrade "pip>=25" && pip install --no-cache-dir ${TORCH_ARGS} "torch==2.13.0"
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY prompts prompts
COPY retrieval retrieval
RUN pip install --no-cache-dir ".[postgres,gemini,mistral,ollama]"
# The embedding model is exported while the image is made, so that the first question starts quickly.
RUN STRATEGIST_HOME=/data strategist setup

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 strategist && mkdir /data && chown strategist /data
COPY --from=build /opt/strategist /opt/strategist
COPY --from=build --chown=strategist /data /data
COPY --chown=strategist corpus /app/corpus
ENV PATH=/opt/strategist/bin:$PATH STRATEGIST_HOME=/data PYTHONUNBUFFERED=1
USER strategist
WORKDIR /app
VOLUME /data
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["strategist", "health"]
ENTRYPOINT ["strategist"]
CMD ["serve"]
