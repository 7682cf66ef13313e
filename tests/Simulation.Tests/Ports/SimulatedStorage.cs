using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Simulation.Tests.Processes;

namespace ImageBackend.Simulation.Tests.Ports;

/// <summary>A storage as one process sees it. Each call waits for its turn, and whatever a real storage does in several steps is several calls.</summary>
internal sealed class SimulatedStorage(string name, SimulatedProcess process, StoredObjects objects) : IImageStorage, IAccessCheck
{
    private const int PageLength = 4;

    public StoredObjects Objects => objects;

    public Task<StoredImage?> FindAsync(ImageKey key, CancellationToken cancellationToken) =>
        CallAsync("find", key, () => objects.Find(key)?.FactsOf(key), cancellationToken);

    public Task<OpenedImage> OpenReadAsync(ImageKey key, BytePart? part, CancellationToken cancellationToken) =>
        CallAsync("open", key, () => Require(objects, key) is var found ? new OpenedImage(found.FactsOf(key), new ContentStream(found.Text)) : null!, cancellationToken);

    public Task PutAsync(ImageKey key, Stream content, ImageProperties properties, CancellationToken cancellationToken)
    {
        string text = ContentStream.TextOf(content);
        return CallAsync("put", key, () => Write(key, text, properties), cancellationToken);
    }

    // Copying takes long: anything may happen between reading and writing.
    public async Task CopyFromAsync(IImageStorage source, ImageKey key, ImageProperties? properties, CancellationToken cancellationToken)
    {
        StoredObjects from = ObjectsOf(source);
        StoredContent read = await CallAsync("copy from", key, () => Require(from, key), cancellationToken);
        StoredImage facts = read.FactsOf(key);
        await CallAsync("copy to", key, () => Write(key, read.Text, (properties ?? facts.Properties).For(facts)), cancellationToken);
    }

    public Task SetPropertiesAsync(ImageKey key, ImageProperties properties, CancellationToken cancellationToken) => CallAsync(
        "set",
        key,
        () =>
        {
            StoredContent found = Require(objects, key);
            objects.Put(key, found with { Properties = properties.Of(found.ETag) });
            return true;
        },
        cancellationToken);

    public Task<bool> HasConfiguredAccessAsync(StoredImage found, CancellationToken cancellationToken) => Task.FromResult(true);

    public async Task<StoredImage> VerifyCopyAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken)
    {
        StoredObjects from = ObjectsOf(source);
        StoredContent expected = await CallAsync("verify source", key, () => Require(from, key), cancellationToken);
        return await CallAsync("verify", key, () => Compare(expected, key), cancellationToken);
    }

    public async Task DeleteAllAsync(IReadOnlyList<ImageKey> keys, CancellationToken cancellationToken)
    {
        bool isCalled = false;
        foreach (ImageKey key in keys)
        {
            // One that is not there takes no turn: that would change nothing for anybody.
            if (objects.Has(key))
            {
                isCalled = true;
                await CallAsync("delete", key, () => Delete(key), cancellationToken);
            }
        }

        if (!isCalled)
        {
            await CallAsync("delete nothing", null, () => true, cancellationToken);
        }
    }

    public async IAsyncEnumerable<ListedImage> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? last = null;
        IReadOnlyList<ListedImage> page;
        do
        {
            page = await CallAsync("list", null, () => objects.PageAfter(last, PageLength), cancellationToken);
            foreach (ListedImage image in page)
            {
                yield return image;
                last = image.Key.ToString();
            }
        }
        while (page.Count == PageLength);
    }

    // Only the studio reads pages, which takes part in no history.
    public IReadOnlyList<ListOrder> Orders => [];

    public Task<ListedPage> ListPageAsync(ListPage page, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static StoredObjects ObjectsOf(IImageStorage storage) => ((SimulatedStorage)storage).Objects;

    private Task<T> CallAsync<T>(string verb, ImageKey? key, Func<T> effect, CancellationToken cancellationToken) =>
        process.CallAsync(new CallName(name, verb, key), effect, cancellationToken);

    private StoredContent Require(StoredObjects from, ImageKey key) => from.Find(key) ?? throw new ImageNotFoundException(key, name);

    private bool Write(ImageKey key, string text, ImageProperties properties)
    {
        StoredContent written = new(text, properties, process.World.Clock.Now, process.World.Ledger.TagOf(text));
        process.World.Ledger.OnWrite(objects, key, written, process);
        objects.Put(key, written);
        return true;
    }

    private bool Delete(ImageKey key)
    {
        process.World.Ledger.OnDelete(objects, key);
        objects.Delete(key);
        return true;
    }

    private StoredImage Compare(StoredContent expected, ImageKey key)
    {
        StoredContent copy = Require(objects, key);
        if (copy.Text != expected.Text)
        {
            throw new StorageException(name, $"the copy of {key} differs from its source.");
        }

        process.World.Ledger.OnVerified(key);
        return copy.FactsOf(key);
    }
}
