using System.Diagnostics;
using ImageBackend.Cli.Tests;
using ImageBackend.Testing;
using ImageBackend.Web.Tests;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Together.Tests;

/// <summary>BACKGROUND_ENGINE=hangfire: a running service, a real PostgreSQL, and the program `images worker`.</summary>
public sealed class BackgroundEngineTests(PostgresServer database) : IClassFixture<PostgresServer>
{
    private const int Patience = 12_000; // times 50 ms

    [NeedsPostgresFact]
    public async Task Uploads_need_no_database_and_workers_make_their_webp_once_there_are_any()
    {
        string address = await database.CreateDatabaseAsync("SELECT 1");
        using TempFolder folder = new();
        (string Name, string Value)[] shared = [("GENERATE_WEBP", "1"), ("BACKGROUND_ENGINE", "hangfire"), ("BATCH_DATABASE_URL", address), ("BATCH_LOST_AFTER", "2s"), ("IMAGING_ISOLATION", "none")];
        TestStorages storages = TestStorages.InFolders(folder.Folder("incoming"), folder.Folder("active"));
        Dictionary<string, string> variables = storages.Variables.Concat(shared).ToDictionary(one => one.Name, one => one.Value);
        variables["TEMP_FOLDER"] = folder.Folder("temp");
        (await ImagesProgram.RunAsync(variables, "batch", "init")).Code.Should().Be(0);
        await database.StopAsync();
        await using TestService service = await TestService.StartAsync(storages, shared);

        string first = await service.UploadedAsync(Pictures.Jpeg(90, 60));
        await Eventually.IsAsync(() => service.Logs.All.Contains("WebP and AVIF are delayed", StringComparison.Ordinal), Patience);
        await database.StartAsync();
        await Eventually.IsAsync(async () => (await JobsAsync(address)).Count == 1, Patience);
        string second = await service.UploadedAsync(Pictures.Jpeg(91, 60));
        (await service.PublishAsync(second)).IsSuccessStatusCode.Should().BeTrue();
        await Eventually.IsAsync(async () => (await JobsAsync(address)).Count >= 2, Patience);
        WebPOf(folder, "incoming").Concat(WebPOf(folder, "active")).Should().BeEmpty("there is no worker yet");
        using Process worker = ImagesProgram.Start(variables, "worker", "-j", "2");
        Task<string> said = worker.StandardError.ReadToEndAsync();
        _ = worker.StandardOutput.ReadToEndAsync();
        await Eventually.IsAsync(() => WebPOf(folder, "incoming").Count == 3 && WebPOf(folder, "active").Count == 3, Patience);
        await Eventually.IsAsync(() => !File.Exists(Path.Combine(folder.File("incoming"), second)), Patience);
        using (Process kill = Process.Start("kill", ["-TERM", $"{worker.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await worker.WaitForExitAsync();

        worker.ExitCode.Should().Be(0, await said);
        (await said).Should().NotContain("delayed");
        WebPOf(folder, "incoming").Should().OnlyContain(name => name.StartsWith(Path.GetFileNameWithoutExtension(first), StringComparison.Ordinal));
        WebPOf(folder, "active").Should().OnlyContain(name => name.StartsWith(Path.GetFileNameWithoutExtension(second), StringComparison.Ordinal));
        service.Logs.AtLeast(LogLevel.Warning).Count(line => line.Contains("WebP and AVIF are delayed", StringComparison.Ordinal)).Should().Be(1, "it is said once");
    }

    [Fact]
    public async Task Without_the_database_the_settings_are_refused()
    {
        using ImagesProgram images = new();
        images.Variables["BACKGROUND_ENGINE"] = "hangfire";

        Ended ended = await images.RunAsync("clean");

        ended.Code.Should().Be(2);
        ended.Errors.Should().Contain("BACKGROUND_ENGINE: needs the database of BATCH_DATABASE_URL, which is not set");
    }

    private Task<IReadOnlyList<string>> JobsAsync(string address) =>
        database.AskAsync(address[(address.LastIndexOf('/') + 1)..], "SELECT id FROM image_batches_hangfire.job");

    private static IReadOnlyList<string> WebPOf(TempFolder folder, string name) =>
        [.. Directory.EnumerateFiles(folder.File(name), "*.webp").Select(path => Path.GetFileName(path))];
}
