# syntax=docker/dockerfile:1
# Canvass in a small image: one program, no shell, no root. All state is in /data or in Postgres, so the rest of the
# file system may be read-only (`docker run --read-only`).

FROM node:20-bookworm-slim AS look
WORKDIR /canvass
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM rust:1.95.0-bookworm AS build
WORKDIR /canvass
COPY . .
COPY --from=look /canvass/node_modules node_modules
# For encrypted connections to Postgres the image's own OpenSSL is linked in, so the final image needs none.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/canvass/target \
    export OPENSSL_STATIC=1 OPENSSL_INCLUDE_DIR=/usr/include OPENSSL_LIB_DIR="/usr/lib/$(gcc -print-multiarch)" \
    && cargo build --release --locked --features postgres-tls \
    && install -D target/release/canvass /out/canvass \
    && install -d /out/data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/canvass /usr/local/bin/canvass
COPY --from=build --chown=nonroot:nonroot /out/data /data
ENV CANVASS_DATABASE=sqlite:/data/canvass.db \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/canvass"]
CMD ["serve", "--listen", "0.0.0.0:8080"]
