using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Disks;

/// <summary>All tests that use the service on these disks, one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class LimitedDisksCollection : ICollectionFixture<ServiceOnLimitedDisks>
{
    public const string Name = "limited disks";
}

/// <summary>One service for all tests of a collection, as a user without rights, with each of its folders on a disk of its own.</summary>
public sealed class ServiceOnLimitedDisks : IAsyncLifetime, IDisposable
{
    private const uint Nobody = 65534;

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, LimitedDisk> _disks = [];
    private ServiceProcess? _process;
    private HttpClient? _client;

    internal IReadOnlyDictionary<string, LimitedDisk> Disks => _disks;

    internal HttpClient Client => _client!;

    internal string Output => _process!.Output;

    public async Task InitializeAsync()
    {
        if (FactThatMountsAttribute.WhySkipped is not null)
        {
            return;
        }

        SmallDisk.Run("chmod", "755", _folder.Path);
        foreach (string place in new[] { "temp", "incoming", "active" })
        {
            _disks[place] = new LimitedDisk(_folder.Folder(place), Nobody);
        }

        _process = ServiceProcess.StartAs(
            Nobody,
            _folder,
            ("API_SECRET_KEY", TestService.Secret),
            ("SERVICE_PORT", "0"),
            ("TEMP_FOLDER", _disks["temp"].Path),
            ("INCOMING_FOLDER", _disks["incoming"].Path),
            ("ACTIVE_FOLDER", _disks["active"].Path));
        _client = await _process.ConnectAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _client?.Dispose();
        _process?.Dispose();
        foreach (LimitedDisk disk in _disks.Values)
        {
            disk.Dispose();
        }

        _folder.Dispose();
    }

    internal Task<HttpResponseMessage> UploadAsync(byte[] file) => Client.PostAsync("/upload", new RawForm().File(file).ToContent());

    internal async Task<string> UploadedAsync(byte[] file) => await NameInAsync(await UploadAsync(file));

    internal async Task<string> PublishedAsync(byte[] file)
    {
        string key = await UploadedAsync(file);
        await (await PostAsync("/publish", ("filename", key))).ShouldBeJsonAsync(200);
        return key;
    }

    internal Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) => Client.PostAsync(
        path, new FormUrlEncodedContent(fields.Prepend(("secret", TestService.Secret)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))));

    internal static async Task<string> NameInAsync(HttpResponseMessage answer)
    {
        JsonElement body = await answer.ShouldBeJsonAsync(200);
        return body.GetProperty("filename").GetString()!;
    }

    /// <returns>What is left of requests that have ended: half-written files, and whatever is in the temp folder.</returns>
    internal IReadOnlyList<string> Leftovers() =>
    [
        .. TempLeft.In(_disks["temp"].Path).Where(path => !path.EndsWith(".filler", StringComparison.Ordinal)),
        .. new[] { "incoming", "active" }.SelectMany(place => _disks[place].Everything()).Where(entry => Path.GetFileName(entry).StartsWith(".partial-", StringComparison.Ordinal)),
    ];

    /// <returns>Names of the images in a place.</returns>
    internal IReadOnlyList<string> ImagesIn(string place) => [.. _disks[place].Everything().Where(entry => entry[0] != '.')];
}
