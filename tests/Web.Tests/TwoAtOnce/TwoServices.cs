using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;
using ImageBackend.Web.Hosting;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Web.Tests.TwoAtOnce;

/// <summary>
/// Two processes of the service on the same storages, and what the program `images` would do as a third one, in this process.
/// </summary>
internal sealed class TwoServices : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly TestStorages _storages;
    private readonly ServiceProcess[] _processes;
    private readonly WebApplication _batches;

    private TwoServices(TempFolder folder, TestStorages storages, ServiceProcess[] processes, HttpClient[] clients, WebApplication batches)
    {
        (_folder, _storages, _processes, Clients, _batches) = (folder, storages, processes, clients, batches);
        Stores = batches.Services.GetRequiredService<ImageStores>();
        Marks = batches.Services.GetRequiredService<IImageMarks>();
    }

    public IReadOnlyList<HttpClient> Clients { get; }

    public ImageStores Stores { get; }

    /// <summary>What the processes printed.</summary>
    public string Output => string.Join('\n', _processes.Select(process => process.Output));

    public IImageMarks Marks { get; }

    /// <param name="server">Null: on folders.</param>
    public static async Task<TwoServices> StartAsync(S3Server? server, params (string Name, string Value)[] variables)
    {
        TempFolder folder = new();
        TestStorages storages = server is null ? TestStorages.InFolders(folder.Folder("incoming"), folder.Folder("active")) : await TestStorages.OnS3Async(server, server.Endpoint);
        (string Name, string Value)[] all =
        [
            ("API_SECRET_KEY", TestService.Secret), ("SERVICE_PORT", "0"), ("IMAGING_ISOLATION", "none"), ("CLEAN_INTERVAL", "0"), ("DECODE_WORKERS", "2"),
            ("Logging__LogLevel__Default", "Warning"), ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"), ("Logging__LogLevel__ImageBackend.Web", "Information"),
            .. storages.Variables, .. variables,
        ];
        ServiceProcess[] processes = [.. Enumerable.Range(0, 2).Select(i => ServiceProcess.Start(folder, [.. all, ("TEMP_FOLDER", folder.Folder($"temp{i}"))]))];
        HttpClient[] clients = await Task.WhenAll(processes.Select(process => process.ConnectAsync()));
        WebApplication batches = ImageService.Build(
            ["--environment=Production"],
            all.Append(("TEMP_FOLDER", folder.Folder("temp2"))).ToDictionary(one => one.Item1.Replace("__", ":", StringComparison.Ordinal), one => (string?)one.Item2));
        return new TwoServices(folder, storages, processes, clients, batches);
    }

    public async Task<TAnswer> SendAsync<TAnswer>(IRequest<TAnswer> request)
    {
        await using AsyncServiceScope scope = _batches.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
    }

    public static async Task<List<ImageKey>> KeysInAsync(IImageStorage storage)
    {
        List<ImageKey> keys = [];
        await foreach (ListedImage image in storage.ListAsync(CancellationToken.None))
        {
            keys.Add(image.Key);
        }

        return [.. keys.OrderBy(key => key.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>Removes everything that is stored, and what is remembered of it.</summary>
    public async Task EmptyAsync()
    {
        foreach (IImageStorage storage in new[] { Stores.Incoming, Stores.Active })
        {
            if (await KeysInAsync(storage) is { Count: > 0 } keys)
            {
                await storage.DeleteAllAsync(keys, CancellationToken.None);
            }
        }

        List<ListedMark> marks = [];
        await foreach (ListedMark mark in Marks.ListAsync(CancellationToken.None))
        {
            marks.Add(mark);
        }

        await Task.WhenAll(marks.Select(mark => Marks.RemoveAsync(mark.Kind, mark.Key, CancellationToken.None)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (HttpClient client in Clients)
        {
            client.Dispose();
        }

        foreach (ServiceProcess process in _processes)
        {
            process.Dispose();
        }

        await _batches.DisposeAsync();
        await _storages.DisposeAsync();
        _folder.Dispose();
    }
}
