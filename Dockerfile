FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source
# A linker, for the decoder.
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*

# What a restore needs, first: this layer stays until a package changes.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt ./
COPY src/Published.props src/
COPY src/Domain/Domain.csproj src/Domain/packages.lock.json src/Domain/
COPY src/Application/Application.csproj src/Application/packages.lock.json src/Application/
COPY src/Infrastructure/Infrastructure.csproj src/Infrastructure/packages.lock.json src/Infrastructure/
COPY src/Web/Web.csproj src/Web/packages.lock.json src/Web/
COPY src/Console/Console.csproj src/Console/packages.lock.json src/Console/
COPY src/Decoder/Decoder.csproj src/Decoder/packages.lock.json src/Decoder/
RUN for program in Web Console; do dotnet restore "src/$program/$program.csproj" --locked-mode -p:PublishReadyToRun=true || exit; done \
    && case "$(uname -m)" in aarch64) runtime=linux-arm64 ;; *) runtime=linux-x64 ;; esac \
    && dotnet restore src/Decoder/Decoder.csproj -p:DecoderPlatform="$runtime"

COPY .editorconfig ./
COPY src/ src/
# From build/release/publish, since git is not in here. Without them the version is VersionPrefix.
ARG VERSION
ARG REVISION
RUN case "$TARGETARCH" in arm64) runtime=linux-arm64 ;; *) runtime=linux-x64 ;; esac \
    && set -- ${VERSION:+-p:Version="$VERSION"} ${REVISION:+-p:SourceRevisionId="$REVISION"} \
    # Into one folder: the service and the console share most of their files.
    && for program in Web Console; do \
        dotnet publish "src/$program/$program.csproj" --no-restore -c Release -r "$runtime" --self-contained false -o /app "$@" || exit; \
    done

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# Drawings may hold text, and the base image has no font. The last two decode HEIC;
# older releases have no plugins, since libheif itself decodes it there.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fontconfig fonts-dejavu-core libheif-examples $(apt-cache pkgnames libheif-plugin-libde265) \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /app /app
COPY LICENSE NOTICE /app/
COPY build/images-command /usr/local/bin/
# The predecessors' commands too, as in `docker compose exec images migrate`.
RUN ln -s /app/images /usr/local/bin/images \
    && for command in migrate resize verify clean; do ln -s images-command "/usr/local/bin/$command"; done \
    && mkdir -p /images/incoming /images/active /images/temp \
    && chown -R $APP_UID /images

# The base image sets a port of its own; SERVICE_PORT is the one that counts.
# MALLOC_ARENA_MAX: 169 MB after a long run against 256 without it.
ENV ASPNETCORE_HTTP_PORTS= \
    MALLOC_ARENA_MAX=2 \
    INCOMING_FOLDER=/images/incoming \
    ACTIVE_FOLDER=/images/active \
    TEMP_FOLDER=/images/temp
USER $APP_UID
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=15s --start-period=20s CMD ["dotnet", "/app/ImageBackend.Web.dll", "health"]
ENTRYPOINT ["dotnet", "/app/ImageBackend.Web.dll"]
# The last lines, since they change with every commit.
ARG VERSION
ARG REVISION
ARG SOURCE
LABEL org.opencontainers.image.title="ImageBackend" \
    org.opencontainers.image.description="Checks the photos that users send in, makes their thumbnails, and publishes them." \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="$VERSION" \
    org.opencontainers.image.revision="$REVISION" \
    org.opencontainers.image.source="$SOURCE"
