using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Configuration;

public sealed class SettingsTableTests
{
    [Fact]
    public void Has_a_row_for_each_setting()
    {
        string[] lines = SettingsTable.ToMarkdown().TrimEnd('\n').Split('\n');

        lines[0].Should().Be("| variable | default | meaning |");
        lines.Skip(2).Select(line => line.Split('|')[1].Trim(' ', '`')).Should().BeEquivalentTo(
            "SERVICE_PORT", "METRICS_PORT", "METRICS_PATH", "DISABLE_PROMETHEUS_METRICS", "OTEL_EXPORTER_OTLP_ENDPOINT", "API_SECRET_KEY", "API_SECRET_KEY_FILE", "API_SECRET_KEY_PREVIOUS", "API_SECRET_KEY_PREVIOUS_FILE", "CACHE_CONTROL", "ROUTE_PREFIX", "ALLOWED_ORIGINS", "ACTIVE_REDIRECT", "MAX_RECEIVING", "MAX_READERS", "MIN_BYTES_PER_SECOND", "RECEIVE_BUDGET_MB", "MAX_PARTIAL", "PARTIAL_TTL", "LOG_FORMAT", "STUDIO", "BATCH_DASHBOARD", "REPLICA_NAME", "STORAGE_BACKEND", "INCOMING_FOLDER",
            "ACTIVE_FOLDER", "FILE_MODE", "INCOMING_BUCKET", "ACTIVE_BUCKET", "INCOMING_PREFIX", "ACTIVE_PREFIX", "PREFIX_ENDPOINT", "PREFIX_ACCESS_KEY_ID", "PREFIX_ACCESS_KEY_ID_FILE",
            "PREFIX_SECRET_KEY", "PREFIX_SECRET_KEY_FILE", "PREFIX_DEFAULT_REGION", "S3_ACL", "S3_SIGNATURE_VERSION", "S3_TIMEOUT", "TEMP_FOLDER", "RESIZING_CONFIG", "FORMER_SIZES",
            "GENERATE_WEBP", "WEBP_QUALITY", "WEBP_EFFORT", "GENERATE_AVIF", "AVIF_QUALITY", "AVIF_EFFORT", "AUTO_ORIENT_ORIGINAL", "STRIP_ORIGINAL", "EXPOSE_GPS",
            "MAX_UPLOAD_BYTES", "MAX_PIXELS", "MAX_FRAMES", "SVG", "MEMORY_BUDGET_MB", "DECODE_WORKERS", "IMAGING_ENGINE", "IMAGING_ISOLATION", "DECODE_CPU_SECONDS", "SVG_CPU_SECONDS",
            "DECODE_MEMORY_MB", "CONVERT_UPLOADS", "CONVERT_QUALITY", "HEIF_CONVERT", "CLEAN_INTERVAL", "INCOMING_TTL", "V5_DATABASE_URL", "V5_DATABASE_URL_FILE", "V5_IMAGES_URL", "V5_REDIRECT_HOSTS", "V5_ORDER", "BUCKET_DATABASE_URL", "BUCKET_DATABASE_URL_FILE",
            "BATCH_DATABASE_URL", "BATCH_DATABASE_URL_FILE", "BATCH_LOST_AFTER", "BATCH_CHUNK", "BACKGROUND_ENGINE");
    }

    [Fact]
    public void Is_the_same_on_every_machine() => SettingsTable.ToMarkdown().Should().NotContain(Path.GetTempPath()).And.NotContain(Environment.CurrentDirectory);

    [Fact]
    public void Touches_no_folder()
    {
        using TempFolder folder = new();
        SettingsReader reader = SettingsReader.OfNothing();

        reader.Folder("INCOMING_FOLDER", folder.File("incoming"), "");
        reader.OwnFolder("TEMP_FOLDER", folder.File("temp"), "", "");

        Directory.EnumerateFileSystemEntries(folder.Path).Should().BeEmpty();
    }

    [Fact]
    public void Is_what_the_page_of_settings_shows()
    {
        const string Begin = "<!-- settings -->\n";
        string page = File.ReadAllText(Repository.File("docs", "settings.md"));
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;

        page[begin..page.IndexOf("<!-- /settings -->", StringComparison.Ordinal)].Should().Be(
            SettingsTable.ToMarkdown(), "`dotnet run --project src/Console -- settings` prints what belongs there");
    }
}
