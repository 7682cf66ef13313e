using System.Net.Sockets;
using System.Text;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Testing;
using ImageBackend.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Web.Tests;

/// <summary>The service as in production, with its own port, storage and libvips, but in this process.</summary>
internal sealed class TestService : IAsyncDisposable
{
    public const string Secret = "the-secret-of-these-tests";

    /// <summary>TEST_ENGINE=imagesharp runs these tests with the other engine, but for those of the trait Engine=libvips.</summary>
    public static readonly string Engine = Environment.GetEnvironmentVariable("TEST_ENGINE") is { Length: > 0 } engine ? engine : "libvips";

    /// <summary>The program itself, as by `dotnet run`; or the native decoder that TEST_DECODER names, as it is published.</summary>
    public static readonly WorkerProgram Worker = Engine == "libvips" && Environment.GetEnvironmentVariable("TEST_DECODER") is { Length: > 0 } decoder
        ? new(decoder, [])
        : new("dotnet", [Path.Combine(AppContext.BaseDirectory, "ImageBackend.Web.dll")]);

    // Longer than the service trusts what it last saw of a bucket.
    private static readonly TimeSpan UntilSeenAgain = TimeSpan.FromSeconds(11);

    private readonly TempFolder _folder;
    private readonly TestStorages _storages;
    private readonly WebApplication _app;

    private TestService(TempFolder folder, TestStorages storages, WebApplication app, CollectedLogs logs, PassingTime time)
    {
        (_folder, _storages, _app, Logs, Time) = (folder, storages, app, logs, time);
        Port = new Uri(app.Urls.First()).Port;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}"), Timeout = TimeSpan.FromMinutes(10) }; // on a busy machine
        // As curl does: otherwise a refusal that arrives while the body is still being sent may be lost with the connection.
        Client.DefaultRequestHeaders.ExpectContinue = true;
    }

    public HttpClient Client { get; }

    public int Port { get; }

    public CollectedLogs Logs { get; }

    public PassingTime Time { get; }

    /// <summary>Everything that the service keeps on this machine's disk is in here.</summary>
    public string Folder => _folder.Path;

    public string Temp => _folder.File("temp");

    public TestStorage Incoming => _storages.Incoming;

    public TestStorage Active => _storages.Active;

    /// <summary>What must not appear in any log or answer.</summary>
    public string[] Secrets => [Secret, .. _storages.Secrets];

    public static async Task<TestService> StartAsync(params (string Name, string Value)[] variables)
    {
        TempFolder folder = new();
        return await StartAsync(folder, await TestStorages.CreateAsync(folder), variables);
    }

    /// <param name="storages">Removed with the service.</param>
    public static Task<TestService> StartAsync(TestStorages storages, params (string Name, string Value)[] variables) =>
        StartAsync(new TempFolder(), storages, variables);

    /// <param name="worker">Starts its decoders, which are not waited for.</param>
    public static async Task<TestService> StartAsync(WorkerProgram worker)
    {
        TempFolder folder = new();
        return await StartAsync(folder, await TestStorages.CreateAsync(folder), [("IMAGING_ISOLATION", "process")], worker);
    }

    private static async Task<TestService> StartAsync(TempFolder folder, TestStorages storages, (string Name, string Value)[] variables, WorkerProgram? worker = null)
    {
        Dictionary<string, string?> all = new()
        {
            ["API_SECRET_KEY"] = Secret,
            ["SERVICE_PORT"] = "0",
            ["DISABLE_PROMETHEUS_METRICS"] = "1", // this process has many services
            ["TEMP_FOLDER"] = folder.Folder("temp"),
            ["IMAGING_ISOLATION"] = "none", // tests about workers request them
            ["Logging:Console:LogLevel:Default"] = "None",
            ["IMAGING_ENGINE"] = Engine,
        };
        foreach ((string name, string value) in storages.Variables.Concat(variables))
        {
            all[name] = value;
        }

        PassingTime time = new();
        WebApplication app = ImageService.Build(
            ["--environment=Production"],
            all,
            services => services
                // A worker is the service's own program, which a test host is not.
                .AddSingleton(worker ?? Worker)
                .AddSingleton<TimeProvider>(time));
        CollectedLogs logs = new();
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(logs);
        await app.StartAsync();
        if (worker is null)
        {
            await app.Services.PrepareDecodersAsync();
        }

        return new TestService(folder, storages, app, logs, time);
    }

    /// <summary>Nothing is stored, and nothing is left behind.</summary>
    public async Task ShouldHoldNothingAsync()
    {
        (await Incoming.EverythingAsync()).Should().BeEmpty();
        (await Active.EverythingAsync()).Should().BeEmpty();
        TempLeft.In(Temp).Should().BeEmpty();
    }

    /// <summary>Removes a storage, and lets the time pass after which the service must notice.</summary>
    public async Task LoseAsync(TestStorage storage)
    {
        await storage.LoseAsync();
        Time.Pass(UntilSeenAgain);
    }

    public Task<HttpResponseMessage> UploadAsync(byte[] file, string fileName = "photo.jpg") =>
        SendAsync(new RawForm().File(file, fileName));

    public async Task<string> UploadedAsync(byte[] file)
    {
        using HttpResponseMessage response = await UploadAsync(file);
        return (await response.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
    }

    public Task<HttpResponseMessage> SendAsync(RawForm form, string path = "/upload") => Client.PostAsync(path, form.ToContent());

    public Task<HttpResponseMessage> PublishAsync(params string[] keys) => PostAsync("/publish", [("secret", Secret), .. keys.Select(key => ("filename", key))]);

    public Task<HttpResponseMessage> DeleteAsync(params string[] keys) => PostAsync("/delete", [("secret", Secret), .. keys.Select(key => ("filenames", key))]);

    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
        Client.PostAsync(path, new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    public async Task<NetworkStream> ConnectAsync()
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", Port);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Sends what no HTTP client would.</summary>
    /// <returns>Everything that comes back until the service closes the connection.</returns>
    public async Task<string> SendRawAsync(params byte[][] parts)
    {
        await using NetworkStream stream = await ConnectAsync();
        foreach (byte[] part in parts)
        {
            await stream.WriteAsync(part);
        }

        using StreamReader reader = new(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _storages.DisposeAsync();
        _folder.Dispose();
    }
}
