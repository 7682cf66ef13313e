using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Testing;

/// <summary>A storage in memory that keeps every promise of the port.</summary>
/// <remarks>Each call yields the thread once, so that parallel requests really interleave.</remarks>
public sealed class InMemoryImageStorage(string name, TimeProvider? time = null) : IImageStorage, IAccessCheck
{
    private readonly ConcurrentDictionary<ImageKey, Entry> _objects = new();
    private readonly ConcurrentDictionary<ImageKey, bool> _servedWrong = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private volatile bool _isBroken;

    /// <summary>Its name in logs of calls.</summary>
    public string Name => name;

    /// <summary>While set, every call is a storage fault, as if the folder or the bucket were gone.</summary>
    public bool IsBroken
    {
        get => _isBroken;
        set => _isBroken = value;
    }

    /// <summary>Runs in each copy into this storage once the source is read: copying a large image takes long.</summary>
    public Func<Task>? DuringCopy { get; set; }

    /// <summary>What is there, in alphabetical order.</summary>
    public IReadOnlyList<string> Keys => [.. _objects.Keys.Select(key => key.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>Puts an object there without a call, as an older site or another program left it.</summary>
    public void Seed(string key, string content, ImageProperties? properties = null) =>
        Seed(key, System.Text.Encoding.Latin1.GetBytes(content), properties);

    public void Seed(string key, byte[] content, ImageProperties? properties = null) =>
        _objects[ImageKey.Parse(key)] = new Entry(content, properties ?? ImageProperties.None, _time.GetUtcNow());

    /// <summary>Removes an object without a call.</summary>
    public void Lose(string key) => _objects.TryRemove(ImageKey.Parse(key), out _).Should().BeTrue();

    /// <summary>Makes an object be served with other headers than the configured ones, until its properties are set.</summary>
    public void ServeWrong(string key) => _servedWrong[ImageKey.Parse(key)] = true;

    public byte[] ContentOf(string key) => _objects[ImageKey.Parse(key)].Content;

    public ImageProperties PropertiesOf(string key) => _objects[ImageKey.Parse(key)].Properties;

    public async Task<StoredImage?> FindAsync(ImageKey key, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        return _objects.TryGetValue(key, out Entry? entry) ? entry.FactsOf(key) : null;
    }

    public async Task<OpenedImage> OpenReadAsync(ImageKey key, BytePart? part, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        return _objects.TryGetValue(key, out Entry? entry)
            ? new OpenedImage(entry.FactsOf(key), new MemoryStream(entry.Content, writable: false))
            : throw new ImageNotFoundException(key, name);
    }

    public async Task PutAsync(ImageKey key, Stream content, ImageProperties properties, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        using MemoryStream whole = new();
        await content.CopyToAsync(whole, cancellationToken);
        _objects[key] = new Entry(whole.ToArray(), properties, _time.GetUtcNow());
    }

    public async Task CopyFromAsync(IImageStorage source, ImageKey key, ImageProperties? properties, CancellationToken cancellationToken)
    {
        await using OpenedImage image = await source.OpenReadAsync(key, cancellationToken);
        if (DuringCopy is { } hook)
        {
            await hook();
        }

        await PutAsync(key, image.Content, (properties ?? image.Facts.Properties).For(image.Facts), cancellationToken);
    }

    public async Task SetPropertiesAsync(ImageKey key, ImageProperties properties, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        if (!_objects.TryGetValue(key, out Entry? entry) || !_objects.TryUpdate(key, entry with { Properties = properties.Of(entry.FactsOf(key).ETag) }, entry))
        {
            throw new ImageNotFoundException(key, name);
        }

        _servedWrong.TryRemove(key, out _);
    }

    public async Task<bool> HasConfiguredAccessAsync(StoredImage found, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        return !_servedWrong.ContainsKey(found.Key);
    }

    public async Task<StoredImage> VerifyCopyAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(this, source))
        {
            throw new StorageException(name, $"{key} is not a copy.");
        }

        await using OpenedImage original = await source.OpenReadAsync(key, cancellationToken);
        await using OpenedImage copy = await OpenReadAsync(key, part: null, cancellationToken);
        byte[] expected = await SHA256.HashDataAsync(original.Content, cancellationToken);
        byte[] actual = await SHA256.HashDataAsync(copy.Content, cancellationToken);
        if (!expected.SequenceEqual(actual))
        {
            throw new StorageException(name, $"the copy of {key} differs from its source.");
        }

        return copy.Facts;
    }

    public async Task DeleteAllAsync(IReadOnlyList<ImageKey> keys, CancellationToken cancellationToken)
    {
        foreach (ImageKey key in keys)
        {
            await EnterAsync(cancellationToken);
            _objects.TryRemove(key, out _);
        }
    }

    public async IAsyncEnumerable<ListedImage> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        foreach ((ImageKey key, Entry entry) in _objects)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ListedImage(key, entry.Content.Length, entry.WrittenAt);
        }
    }

    public IReadOnlyList<ListOrder> Orders { get; init; } = [ListOrder.Name, ListOrder.Newest];

    public async Task<ListedPage> ListPageAsync(ListPage page, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        PageSelection selection = new(page);
        foreach ((ImageKey key, Entry entry) in _objects)
        {
            DateTimeOffset time = ListPosition.TimeOf(key, entry.WrittenAt);
            if (selection.Reaches(key.ToString(), time) && page.IsWanted(key))
            {
                selection.Pick(key, time);
            }
        }

        (IReadOnlyList<ImageKey> keys, ListPosition? next) = selection.Take();
        return new ListedPage([.. keys.Select(key => new ListedGroup(Listed(key)!, [.. page.KeysWith(key).Select(Listed).OfType<ListedImage>()]))], next);

        ListedImage? Listed(ImageKey key) =>
            _objects.TryGetValue(key, out Entry? entry) ? new ListedImage(key, entry.Content.Length, entry.WrittenAt) : null;
    }

    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        if (_isBroken)
        {
            throw new StorageException(name, "it does not work.");
        }
    }

    private sealed record Entry(byte[] Content, ImageProperties Properties, DateTimeOffset WrittenAt)
    {
        public StoredImage FactsOf(ImageKey key)
        {
            string etag = Convert.ToHexStringLower(SHA256.HashData(Content), 0, 8);
            return new StoredImage(key, Content.Length, WrittenAt, etag, (Properties with { RecipeOf = null }).Of(etag));
        }
    }
}
