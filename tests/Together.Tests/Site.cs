using System.Diagnostics;
using ImageBackend.Cli.Tests;
using ImageBackend.Testing;
using ImageBackend.Together.Tests.Rows;
using ImageBackend.Web.Tests;
using ImageBackend.Web.Tests.Resumable;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Together.Tests;

/// <summary>One running service, the program `images` beside it, and what both should have stored by now.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly Dictionary<string, string> _variables;
    private int _logsSeen;

    private Site(SiteFacts facts, TempFolder folder, TestService service, Dictionary<string, string> variables) =>
        (Facts, _folder, Service, _variables) = (facts, folder, service, variables);

    public SiteFacts Facts { get; }

    public TestService Service { get; }

    /// <summary>Of an old site.</summary>
    public string Originals => _folder.File("v5");

    /// <summary>Images and what is kept beside them, on disk or in S3, by the row that they belong to.</summary>
    public Dictionary<int, IReadOnlyList<ExpectedImage>> Expected { get; } = [];

    /// <summary>Everything that ever belonged to a row that did not finish: nothing is known about it.</summary>
    public HashSet<string> Unknown { get; } = new(StringComparer.Ordinal);

    private string IncomingFolder => _folder.File("incoming");

    /// <param name="server">Null: for a site on folders.</param>
    /// <param name="database">For a site that shares its batches.</param>
    public static async Task<Site> StartAsync(SiteFacts facts, S3Server? server, PostgresServer database)
    {
        TempFolder folder = new();
        folder.Folder("v5");
        TestStorages storages = facts.Storage switch
        {
            Plan.OneAccount => await TestStorages.OnS3Async(server!, server!.Endpoint),
            Plan.TwoAccounts => await TestStorages.OnS3OfTwoAccountsAsync(server!, server!.Endpoint),
            _ => TestStorages.InFolders(folder.Folder("incoming"), folder.Folder("active")),
        };
        // A picture may wait for three times as long, as on a machine with much else to do.
        (string Name, string Value)[] settings = [.. facts.Variables, ("DECODE_CPU_SECONDS", "100")];
        TestService service = await TestService.StartAsync(storages, settings);
        Dictionary<string, string> variables = storages.Variables.Concat(settings).ToDictionary(one => one.Name, one => one.Value);
        variables["TEMP_FOLDER"] = service.Temp;
        variables["DECODE_WORKERS"] = "1"; // each command is about few images
        if (facts.SharesBatches)
        {
            variables["BATCH_DATABASE_URL"] = await database.CreateDatabaseAsync("SELECT 1");
            (await ImagesProgram.RunAsync(variables, "batch", "init")).Code.Should().Be(0);
        }

        Site site = new(facts, folder, service, variables);
        site._logsSeen = site.Service.Logs.AtLeast(LogLevel.Warning).Count();
        return site;
    }

    public Task<HttpResponseMessage> PostAsync(string route, params (string Name, string Value)[] fields) =>
        Service.PostAsync(Facts.Prefix + route, [("secret", TestService.Secret), .. fields]);

    public async Task<HttpResponseMessage> UploadAsync(byte[] file)
    {
        if (Facts.UploadsInParts)
        {
            return await UploadInPartsAsync(file);
        }

        using MultipartFormDataContent form = new() { { new ByteArrayContent(file), "file", "photo.jpg" } };
        return await Service.Client.PostAsync(Facts.Prefix + "/upload", form);
    }

    // The answer is forgotten at once: nothing of it must be left in the temp folder.
    private async Task<HttpResponseMessage> UploadInPartsAsync(byte[] file)
    {
        TusSender tus = new(Service.Client, Facts.Prefix);
        HttpResponseMessage created = await tus.CreateAsync(file.Length);
        if (!created.IsSuccessStatusCode)
        {
            return created;
        }

        string address = tus.AddressOf(created);
        created.Dispose();
        using HttpResponseMessage first = await tus.PatchAsync(address, 0, file[..(file.Length / 2)]);
        HttpResponseMessage last = await tus.PatchAsync(address, file.Length / 2, file[(file.Length / 2)..]);
        using HttpResponseMessage removed = await tus.DeleteAsync(address);
        return last;
    }

    public Task<HttpResponseMessage> GetAsync(string name, Action<HttpRequestMessage>? more = null, HttpMethod? method = null)
    {
        HttpRequestMessage request = new(method ?? HttpMethod.Get, $"{Facts.Prefix}/active/{name}");
        more?.Invoke(request);
        return Service.Client.SendAsync(request);
    }

    /// <summary>Runs a command, which may report failures but never the program's internals.</summary>
    public Task<Ended> ImagesAsync(params string[] arguments) => ImagesAsync(_ => { }, arguments);

    public async Task<Ended> ImagesAsync(Action<Dictionary<string, string>> change, params string[] arguments)
    {
        Dictionary<string, string> variables = new(_variables);
        change(variables);
        Ended ended = Facts.SharesBatches ? await SharedAsync(variables, arguments) : await ImagesProgram.RunAsync(variables, arguments);
        string said = ended.Output + ended.Errors;
        said.Should().NotContain("   at ").And.NotContain("Exception").And.NotContain("Unhandled");
        foreach (string secret in Service.Secrets)
        {
            said.Should().NotContain(secret);
        }

        return ended;
    }

    // The worker has the settings of the command, as it must.
    private static async Task<Ended> SharedAsync(Dictionary<string, string> variables, string[] arguments)
    {
        using Process worker = ImagesProgram.Start(variables, "worker");
        Task<string> output = worker.StandardOutput.ReadToEndAsync();
        Task<string> errors = worker.StandardError.ReadToEndAsync();
        try
        {
            Ended ended = await ImagesProgram.RunAsync(variables, [.. arguments, "--engine", "hangfire"]);
            using Process end = Process.Start("kill", ["-TERM", $"{worker.Id}"]);
            await worker.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(4));
            string said = await output + await errors;
            worker.ExitCode.Should().Be(0, said);
            return ended with { Errors = ended.Errors + await errors };
        }
        finally
        {
            if (!worker.HasExited)
            {
                worker.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>As if it had been put three hours ago. In S3 nothing can be made older: see <see cref="AgedAsync"/>.</summary>
    public void MakeOld(IEnumerable<string> names)
    {
        if (Facts.Storage == Plan.Folders)
        {
            foreach (string name in names)
            {
                File.SetLastWriteTimeUtc(Path.Combine(IncomingFolder, name), DateTime.UtcNow.AddHours(-3));
            }
        }
    }

    /// <summary>Runs a command that sees all objects in S3 as three hours older than they are.</summary>
    public async Task<Ended> AgedAsync(params string[] arguments)
    {
        if (Facts.Storage == Plan.Folders)
        {
            return await ImagesAsync(arguments);
        }

        await using FaultProxy proxy = await FaultProxy.StartAsync(_variables["TEST_ENDPOINT"]);
        proxy.Age = TimeSpan.FromHours(3);
        return await ImagesAsync(
            variables =>
            {
                foreach (string name in variables.Keys.Where(name => name.EndsWith("_ENDPOINT", StringComparison.Ordinal)).ToArray())
                {
                    variables[name] = proxy.Endpoint;
                }
            },
            arguments);
    }

    /// <summary>Since the last call, the service had nothing to complain about, and revealed no secret.</summary>
    public void ShouldBeContent()
    {
        string[] all = [.. Service.Logs.AtLeast(LogLevel.Warning)];
        string[] complaints = [.. all[_logsSeen..].Where(line => !Unknown.Any(stem => line.Contains(stem, StringComparison.Ordinal)))];
        _logsSeen = all.Length;
        complaints.Should().BeEmpty("the service should have nothing to complain about");
        foreach (string secret in Service.Secrets)
        {
            Service.Logs.All.Should().NotContain(secret);
        }
    }

    /// <summary>After a failed row: what it left, and what was logged about it, must not affect the next one.</summary>
    public void Forget(IEnumerable<string> stems)
    {
        Unknown.UnionWith(stems);
        _logsSeen = Service.Logs.AtLeast(LogLevel.Warning).Count();
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        _folder.Dispose();
    }
}
