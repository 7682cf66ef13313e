using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Crashes;

/// <summary>Storages that outlive the services that are killed on them, and what must be found there.</summary>
internal sealed class CrashSite : IAsyncDisposable
{
    private const string Program = "ImageBackend.Dying.Service.dll";

    // For what a service does in the background after its start.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder;
    private readonly TestStorages _storages;
    private readonly (string Name, string Value)[] _variables;
    private ServiceProcess? _process;
    private HttpClient? _client;

    /// <param name="make">Makes the storages; the folder is for those on this machine.</param>
    public static async Task<CrashSite> CreateAsync(Func<TempFolder, Task<TestStorages>> make, params (string Name, string Value)[] variables)
    {
        TempFolder folder = new();
        return new CrashSite(folder, await make(folder), variables);
    }

    private CrashSite(TempFolder folder, TestStorages storages, (string Name, string Value)[] variables)
    {
        (_folder, _storages) = (folder, storages);
        _variables =
        [
            ("API_SECRET_KEY", TestService.Secret), ("SERVICE_PORT", "0"), ("TEMP_FOLDER", folder.Folder("temp")), ("DEATH_FILE", DeathFile),
            ("DECODE_WORKERS", "2"), .. storages.Variables, .. variables,
        ];
    }

    public TestStorage Incoming => _storages.Incoming;

    public TestStorage Active => _storages.Active;

    /// <summary>Of the service that was started last.</summary>
    public HttpClient Client => _client!;

    public ServiceProcess Process => _process!;

    private string DeathFile => _folder.File("death");

    /// <param name="minutesAhead">How far its clock is ahead: as if it had been down for so long.</param>
    /// <param name="cleans">Whether uploads that were not published in time are removed.</param>
    public async Task StartAsync(int minutesAhead = 0, bool cleans = false)
    {
        Forget();
        _process = ServiceProcess.Start(
            Program, _folder, [.. _variables, ("CLOCK_AHEAD", minutesAhead.ToString(CultureInfo.InvariantCulture)), ("CLEAN_INTERVAL", cleans ? "1s" : "0")]);
        _client = await _process.ConnectAsync();
        _client.DefaultRequestHeaders.ConnectionClose = true; // a request is never sent again because its connection was lost
    }

    /// <summary>Lets the service kill itself at a call of a storage.</summary>
    /// <param name="call">1: the next one.</param>
    /// <param name="takesEffect">Whether that call is still done.</param>
    public void DieAt(int call, bool takesEffect)
    {
        string draft = _folder.Write("draft", System.Text.Encoding.ASCII.GetBytes($"{call} {(takesEffect ? "after" : "before")}"));
        File.Move(draft, DeathFile, overwrite: true);
    }

    /// <returns>Calls that are left until it dies.</returns>
    public int CallsLeft() => int.Parse(File.ReadAllText(DeathFile).Split(' ')[0], CultureInfo.InvariantCulture);

    public void LetLive() => File.Delete(DeathFile);

    public void Kill() => Forget();

    /// <returns>The answer; null: the service died before it gave one.</returns>
    public static async Task<HttpResponseMessage?> AnswerAsync(Func<Task<HttpResponseMessage>> send)
    {
        try
        {
            return await send();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public Task<HttpResponseMessage> UploadAsync(byte[] photo) => Client.PostAsync("/upload", new RawForm().File(photo, "photo.jpg").ToContent());

    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) => Client.PostAsync(
        path, new FormUrlEncodedContent([KeyValuePair.Create("secret", TestService.Secret), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]));

    /// <returns>The key in an answer to an upload, a recrop or a rotate.</returns>
    public static async Task<string> KeyAsync(HttpResponseMessage response)
    {
        using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return answer.RootElement.GetProperty("filename").GetString()!;
    }

    /// <summary>Waits until a check finds nothing wrong.</summary>
    /// <param name="check">What is wrong.</param>
    /// <returns>What is still wrong after a minute.</returns>
    public static async Task<IReadOnlyList<string>> SettledAsync(Func<Task<IReadOnlyList<string>>> check)
    {
        using CancellationTokenSource patience = new(Patience);
        IReadOnlyList<string> wrong = await FindAsync();
        while (wrong.Count > 0 && !patience.IsCancellationRequested)
        {
            await Task.Delay(100);
            wrong = await FindAsync();
        }

        return wrong;

        // What was listed may be gone before it is read.
        async Task<IReadOnlyList<string>> FindAsync()
        {
            try
            {
                return await check();
            }
            catch (Exception fault)
            {
                return [fault.Message];
            }
        }
    }

    /// <returns>Files in temp that nothing works on any more, if there are any.</returns>
    public IEnumerable<string> TempLeftovers() => TempLeft.In(_folder.File("temp")).Select(path => $"temp has {Path.GetFileName(path)}");

    /// <returns>What of an image is missing or broken in a storage; nothing if it is whole.</returns>
    /// <param name="content">The expected original; null: any.</param>
    public static async Task<IEnumerable<string>> MissingOfAsync(TestStorage storage, IReadOnlyList<string> names, string key, byte[]? content, bool withWebP)
    {
        ImageKey original = ImageKey.Parse(key);
        List<string> expected = [key, .. ThumbnailSet.Default.BaseKeysOf(original).Select(one => one.ToString())];
        if (withWebP)
        {
            expected.AddRange(ThumbnailSet.Default.AllKeysOf(original).Select(one => one.ToString()).Where(name => name.EndsWith(".webp", StringComparison.Ordinal)));
        }

        List<string> wrong = [.. expected.Except(names).Select(name => $"{name} is missing")];
        if (wrong.Count == 0)
        {
            wrong.AddRange(await BrokenAsync(storage, expected, content));
        }

        return wrong;
    }

    /// <returns>Thumbnails without an original, and originals without all of their thumbnails.</returns>
    public static async Task<IEnumerable<string>> HalvesAsync(TestStorage storage, bool withWebP)
    {
        IReadOnlyList<string> names = await storage.NamesAsync();
        List<string> wrong = [];
        foreach (string key in names.Where(IsOriginal))
        {
            wrong.AddRange(await MissingOfAsync(storage, names, key, content: null, withWebP));
        }

        return wrong.Concat(names.Where(name => !IsOriginal(name) && !names.Contains(Regex.Replace(name, "(BI|MI|SI)\\.[a-z]+$", ".jpg"))).Select(name => $"{name} has no original"));
    }

    public static bool IsOriginal(string name) => !Regex.IsMatch(name, "(BI|MI|SI)\\.");

    public async ValueTask DisposeAsync()
    {
        Forget();
        await _storages.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<IEnumerable<string>> BrokenAsync(TestStorage storage, List<string> names, byte[]? content)
    {
        List<string> wrong = [];
        foreach (string name in names)
        {
            byte[] found = await storage.ReadAsync(name);
            if (name == names[0] && content is not null && !found.AsSpan().SequenceEqual(content))
            {
                wrong.Add($"{name} is another original");
            }
            else if (Look.SizeOf(found).Width == 0)
            {
                wrong.Add($"{name} is empty");
            }
        }

        return wrong;
    }

    private void Forget()
    {
        _client?.Dispose();
        _process?.Dispose();
        (_client, _process) = (null, null);
    }
}
