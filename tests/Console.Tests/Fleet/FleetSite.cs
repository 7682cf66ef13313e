using System.Diagnostics;
using System.Globalization;
using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests.Fleet;

/// <summary>An old site with small images, folders for them, a database of batches, and whoever works on it: real processes.</summary>
internal sealed class FleetSite : IAsyncDisposable
{
    private const string Reader = "reader";
    private const string Password = "s3cret/of@reader";

    private readonly PostgresServer _server;
    private readonly List<FleetProcess> _processes = [];

    private FleetSite(PostgresServer server) => _server = server;

    public ImagesProgram Images { get; } = new();

    public OriginalsServer Originals { get; } = OriginalsServer.Start();

    /// <summary>The name of the database of batches.</summary>
    public string Database { get; private set; } = "";

    /// <param name="count">Images of the old site, 1_1.jpg and so on, in this order.</param>
    /// <param name="lostAfter">The time after which a worker is lost.</param>
    public static async Task<FleetSite> CreateAsync(PostgresServer server, int count, int chunk, string lostAfter)
    {
        FleetSite site = new(server);
        string address = await server.CreateDatabaseAsync("SELECT 1");
        site.Database = address[(address.LastIndexOf('/') + 1)..];
        string[] names = [.. Enumerable.Range(1, count).Select(number => $"{number}_{number}.jpg")];
        for (int i = 0; i < count; i++)
        {
            site.Originals.Serve(names[i], Pictures.Jpeg(60 + (i % 40), 50));
        }

        Dictionary<string, string> variables = site.Images.Variables;
        variables["V5_DATABASE_URL"] = await server.CreateDatabaseAsync(V5Schema.Tables + V5Schema.Reader(Reader, Password) + string.Concat(names.Select(name => V5Schema.Row(name))), Reader, Password);
        variables["V5_IMAGES_URL"] = site.Originals.Address.ToString();
        variables["BATCH_DATABASE_URL"] = address;
        variables["BATCH_CHUNK"] = chunk.ToString(CultureInfo.InvariantCulture);
        variables["BATCH_LOST_AFTER"] = lostAfter;
        variables["IMAGING_ISOLATION"] = "none"; // these tests are not about decoders, which take time to start
        (await site.Images.RunAsync("batch init")).Code.Should().Be(0);
        return site;
    }

    /// <summary>Makes whoever asks for an original wait, until the task ends.</summary>
    /// <param name="asked">Called with how often it was asked for, from 1.</param>
    public void Hold(string name, Func<int, Task> asked)
    {
        int times = 0;
        Func<Stream, CancellationToken, Task> answer = Originals.Answers[name];
        Originals.Answers[name] = async (client, end) =>
        {
            await asked(Interlocked.Increment(ref times)).WaitAsync(end);
            await answer(client, end);
        };
    }

    /// <param name="more">Variables of this process alone.</param>
    public FleetProcess Start(string arguments, params (string Name, string Value)[] more)
    {
        Dictionary<string, string> variables = new(Images.Variables);
        foreach ((string name, string value) in more)
        {
            variables[name] = value;
        }

        FleetProcess process = new(ImagesProgram.Start(variables, arguments.Split(' ')));
        _processes.Add(process);
        return process;
    }

    /// <returns>The first column of what the ledger says.</returns>
    public Task<IReadOnlyList<string>> AskAsync(string query) => _server.AskAsync(Database, query.Replace("batches.", "image_batches.", StringComparison.Ordinal));

    /// <param name="tries">How often it is looked at, with tenths of a second in between.</param>
    public async Task WaitForAsync(string query, Predicate<IReadOnlyList<string>> isThere, int tries = 3000)
    {
        for (int i = 0; !isThere(await AskAsync(query)); i++)
        {
            i.Should().BeLessThan(tries, query);
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FleetProcess process in _processes)
        {
            await process.DisposeAsync();
        }

        await Originals.DisposeAsync();
        Images.Dispose();
    }
}

/// <summary>A program that runs beside the test; what it prints is kept.</summary>
internal sealed class FleetProcess(Process process) : IAsyncDisposable
{
    private readonly Task<string> _output = process.StandardOutput.ReadToEndAsync();
    private readonly Task<string> _errors = process.StandardError.ReadToEndAsync();

    public int Id { get; } = process.Id;

    public void Kill() => process.Kill();

    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{Id}"]);
        kill.WaitForExit();
    }

    public async Task<Ended> EndAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(6)); // as on a machine with a dozen times as much to do
        await process.WaitForExitAsync(patience.Token);
        return new Ended(process.ExitCode, await _output, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
