using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Replicas;

/// <summary>A private nginx with the configuration that the documentation recommends, but for its addresses.</summary>
internal sealed class Nginx : IDisposable
{
    public const string Program = "/usr/sbin/nginx";

    private static readonly string Recommended = Repository.File("build", "nginx", "replicas.conf");

    private readonly TempFolder _folder = new();
    private readonly Process _process;

    /// <param name="ports">Of the replicas, in the order of the file.</param>
    /// <param name="patience">For how long it waits for an answer.</param>
    public Nginx(IReadOnlyList<int> ports, string patience = "60s")
    {
        int port = FreePort();
        string site = File.ReadAllText(Recommended).Replace("listen 80;", $"listen 127.0.0.1:{port};", StringComparison.Ordinal)
            .Replace("proxy_read_timeout 60s", $"proxy_read_timeout {patience}", StringComparison.Ordinal);
        for (int i = 0; i < ports.Count; i++)
        {
            site = site.Replace($"10.0.0.{i + 1}:8080", $"127.0.0.1:{ports[i]}", StringComparison.Ordinal);
        }

        File.WriteAllText(_folder.File("site.conf"), site);
        // One process, which runs as who started it.
        string[] temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        File.WriteAllText(_folder.File("nginx.conf"), $$"""
            daemon off;
            master_process off;
            pid {{_folder.File("pid")}};
            error_log {{_folder.File("log")}};
            events { worker_connections 256; }
            http {
                access_log off;
                {{string.Join('\n', temps.Select(temp => $"{temp}_temp_path {_folder.File(temp)};"))}}
                include {{_folder.File("site.conf")}};
            }
            """);
        _process = Process.Start(Program, ["-p", _folder.Path, "-e", _folder.File("log"), "-c", _folder.File("nginx.conf")]);
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(5) };
    }

    public HttpClient Client { get; }

    public string Log => File.Exists(_folder.File("log")) ? File.ReadAllText(_folder.File("log")) : "";

    /// <summary>Waits until it listens.</summary>
    public Task StartedAsync() => Eventually.IsAsync(async () =>
    {
        _process.HasExited.Should().BeFalse("{0}", Log);
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync("127.0.0.1", Client.BaseAddress!.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    });

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        Client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }
}
