using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ImageBackend.Testing;

/// <summary>A PostgreSQL server for these tests, on a free port of this machine, with its data in a temp folder.</summary>
/// <remarks>It requires passwords. The first database that is created starts it.</remarks>
public sealed class PostgresServer : IAsyncLifetime, IAsyncDisposable
{
    private const string Admin = "postgres";
    private const string Password = "p@ss/w:rd?%";

    private readonly SemaphoreSlim _starting = new(1);
    private readonly TempFolder _folder = new();
    private Process? _process;
    private int _port;
    private int _databases;

    /// <returns>The folder with the programs of the newest version, where Debian puts it, or null.</returns>
    public static string? FindPrograms() => !Directory.Exists("/usr/lib/postgresql")
        ? null
        : Directory.GetDirectories("/usr/lib/postgresql")
            .Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "initdb")))
            .OrderByDescending(bin => int.Parse(Path.GetFileName(Path.GetDirectoryName(bin)!), CultureInfo.InvariantCulture))
            .FirstOrDefault();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
        _starting.Dispose();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    /// <returns>The address of a new database, after a script has run in it.</returns>
    /// <param name="user">Must exist by then; null: the administrator.</param>
    public async Task<string> CreateDatabaseAsync(string script, string? user = null, string? password = null)
    {
        await EnsureStartedAsync();
        string name = $"test-{Interlocked.Increment(ref _databases)}";
        await RunAsync("postgres", $"CREATE DATABASE \"{name}\"");
        await RunAsync(name, script);
        return AddressOf(name, user, password);
    }

    public string AddressOf(string database, string? user = null, string? password = null) =>
        $"postgresql://{user ?? Admin}:{Uri.EscapeDataString(password ?? Password)}@127.0.0.1:{_port}/{database}";

    /// <summary>Runs SQL as the administrator.</summary>
    public async Task RunAsync(string database, string sql)
    {
        await using NpgsqlConnection connection = await OpenAsync(database);
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <returns>The first column of a query's result.</returns>
    public async Task<IReadOnlyList<string>> AskAsync(string database, string query)
    {
        await using NpgsqlConnection connection = await OpenAsync(database);
        await using NpgsqlCommand command = new(query, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        List<string> answer = [];
        while (await reader.ReadAsync())
        {
            answer.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        }

        return answer;
    }

    /// <summary>Ends it abruptly, as if its machine lost power. Does nothing if it is not running.</summary>
    public async Task StopAsync()
    {
        if (_process is not null)
        {
            await SignalAsync("QUIT");
            await _process.WaitForExitAsync();
            _process.Dispose();
            _process = null;
        }
    }

    /// <summary>Starts it again, on the same port and data.</summary>
    public async Task StartAsync()
    {
        _process = Start("postgres", "-D", _folder.File("data"), "-p", $"{_port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off");
        for (int tries = 0; ; tries++)
        {
            try
            {
                await (await OpenAsync("postgres")).DisposeAsync();
                return;
            }
            catch (NpgsqlException) when (tries < 600 && !_process.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    private async Task EnsureStartedAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_process is null)
            {
                // The server refuses to run as root; as nobody it needs access to the folder. (build/test opens the way to it.)
                File.WriteAllText(_folder.File("password"), Password);
                if (Environment.IsPrivilegedProcess)
                {
                    await EndOf(Process.Start("chown", ["-R", "nobody", _folder.Path]));
                }

                await EndOf(Start("initdb", "-D", _folder.File("data"), "-U", Admin, "--auth=scram-sha-256", "--pwfile", _folder.File("password"), "--no-sync", "-E", "UTF8", "--no-locale"));
                _port = FreePort();
                await StartAsync();
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    private static Process Start(string program, params string[] arguments)
    {
        string path = Path.Combine(FindPrograms()!, program);
        string[] command = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", path, .. arguments] : [path, .. arguments];
        // Nobody needs its output, and it must not fill a pipe that nobody reads.
        ProcessStartInfo start = new("sh", ["-c", "exec \"$@\" >/dev/null 2>&1", "sh", .. command]) { WorkingDirectory = "/" };
        return Process.Start(start)!;
    }

    private static async Task EndOf(Process process)
    {
        using (process)
        {
            await process.WaitForExitAsync();
            process.ExitCode.Should().Be(0, process.StartInfo.FileName);
        }
    }

    private async Task SignalAsync(string signal) => await EndOf(Process.Start("kill", [$"-{signal}", $"{_process!.Id}"]));

    private async Task<NpgsqlConnection> OpenAsync(string database)
    {
        // Without a pool: a stopped server would leave broken connections in it.
        NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = _port,
            Username = Admin,
            Password = Password,
            Database = database,
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
