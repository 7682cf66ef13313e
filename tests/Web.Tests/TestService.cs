using System.Net.Sockets;
using System.Text;
using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Testing;
using ImageBackend.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Web.Tests;

/// <summary>The service as it runs for real: its own port, folders and libvips, in this process.</summary>
internal sealed class TestService : IAsyncDisposable
{
    public const string Secret = "the-secret-of-these-tests";

    private readonly TempFolder _folder;
    private readonly WebApplication _app;

    private TestService(TempFolder folder, WebApplication app, CollectedLogs logs)
    {
        (_folder, _app, Logs) = (folder, app, logs);
        Port = new Uri(app.Urls.First()).Port;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };
        // As curl does: otherwise a refusal that comes while the body is still sent may be lost with the connection.
        Client.DefaultRequestHeaders.ExpectContinue = true;
    }

    public HttpClient Client { get; }

    public int Port { get; }

    public CollectedLogs Logs { get; }

    public string Folder => _folder.Path;

    public string Incoming => _folder.File("incoming");

    public string Active => _folder.File("active");

    public string Temp => _folder.File("temp");

    public static async Task<TestService> StartAsync(params (string Name, string Value)[] variables)
    {
        TempFolder folder = new();
        Dictionary<string, string?> all = new()
        {
            ["API_SECRET_KEY"] = Secret,
            ["SERVICE_PORT"] = "0",
            ["INCOMING_FOLDER"] = folder.Folder("incoming"),
            ["ACTIVE_FOLDER"] = folder.Folder("active"),
            ["TEMP_FOLDER"] = folder.Folder("temp"),
            ["IMAGING_ISOLATION"] = "none", // what is about workers asks for them
            ["Logging:Console:LogLevel:Default"] = "None",
        };
        foreach ((string name, string value) in variables)
        {
            all[name] = value;
        }

        // A worker is the service's own program, which a test's host is not.
        WebApplication app = ImageService.Build(
            ["--environment=Production"],
            all,
            services => services.AddSingleton(new WorkerProgram("dotnet", [Path.Combine(AppContext.BaseDirectory, "ImageBackend.Web.dll")])));
        CollectedLogs logs = new();
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(logs);
        await app.StartAsync();
        return new TestService(folder, app, logs);
    }

    /// <returns>Names of the images in a folder; what begins with a dot is no image.</returns>
    public static IReadOnlyList<string> ImagesIn(string folder) =>
        [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!).Where(name => name[0] != '.').Order(StringComparer.Ordinal)];

    /// <summary>Nothing is stored, nothing is left over.</summary>
    public void ShouldHoldNothing()
    {
        string[] folders = [Incoming, Active, Temp];
        folders.SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)).Should().BeEmpty();
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
    /// <returns>All that comes back until the service closes the connection.</returns>
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
        _folder.Dispose();
    }
}
