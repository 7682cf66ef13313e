using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage.FileSystem;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Images as objects of one bucket; recipe and crop are their metadata.</summary>
/// <param name="access">What each object is given: an ACL and a Cache-Control header, or neither.</param>
/// <param name="spoolFolder">For the copy of what comes from elsewhere, which may have to be sent twice.</param>
internal sealed class S3ImageStorage(
    string name, S3Connection connection, S3Bucket bucket, S3Access access, S3Listing listing, TimeSpan timeout, DirectoryInfo spoolFolder)
    : IImageStorage
{
    private const string RecipeName = "recipe";
    private const string RecipeOfName = "recipe-of";
    private const string CropName = "crop";
    private const string Everybody = "http://acs.amazonaws.com/groups/global/AllUsers";

    private readonly AmazonS3Client _client = connection.Client;

    public string Name => name;

    public Task<StoredImage?> FindAsync(ImageKey key, CancellationToken cancellationToken) => Guard(async () =>
    {
        // Beside, not after: "not there" must not cost a second round trip.
        Task seen = bucket.SeenAsync();
        try
        {
            GetObjectMetadataRequest request = new() { BucketName = bucket.Name, Key = key.ToString() };
            GetObjectMetadataResponse found = await _client.GetObjectMetadataAsync(request, cancellationToken);
            return (StoredImage?)FactsOf(key, found.Headers, found.LastModified, found.ETag, found.Metadata, found.ServerSideEncryptionMethod);
        }
        catch (AmazonS3Exception exception) when (S3Faults.IsNotFound(exception))
        {
            await seen.WaitAsync(cancellationToken);
            return null;
        }
    }, cancellationToken);

    public Task<OpenedImage> OpenReadAsync(ImageKey key, CancellationToken cancellationToken) => Guard(async () =>
    {
        Task seen = bucket.SeenAsync();
        try
        {
            GetObjectResponse found = await _client.GetObjectAsync(new GetObjectRequest { BucketName = bucket.Name, Key = key.ToString() }, cancellationToken);
            S3Content content = new(name, found, timeout);
            try
            {
                return new OpenedImage(FactsOf(key, found.Headers, found.LastModified, found.ETag, found.Metadata, found.ServerSideEncryptionMethod), content);
            }
            catch
            {
                await content.DisposeAsync();
                throw;
            }
        }
        catch (AmazonS3Exception exception) when (S3Faults.IsNotFound(exception))
        {
            await seen.WaitAsync(cancellationToken);
            throw new ImageNotFoundException(key, name);
        }
    }, cancellationToken);

    public Task PutAsync(ImageKey key, Stream content, ImageProperties properties, CancellationToken cancellationToken) => Guard(async () =>
    {
        long start = content.Position;
        byte[] digest = await MD5OfAsync(content, cancellationToken);
        content.Position = start;
        PutObjectRequest request = new()
        {
            BucketName = bucket.Name,
            Key = key.ToString(),
            InputStream = content,
            AutoCloseStream = false,
            AutoResetStreamPosition = false, // it would begin at 0
            UseChunkEncoding = false, // some services store the frames of the chunks as content
            MD5Digest = Convert.ToBase64String(digest),
            ContentType = key.Format.ContentType,
            CannedACL = access.Acl,
        };
        SetCacheControl(request.Headers);
        Keep(properties with { RecipeOf = Convert.ToHexStringLower(digest) }, request.Metadata);
        PutObjectResponse answer = await _client.PutObjectAsync(request, cancellationToken);
        ShouldBeOfS3(answer.ETag);
        return true;
    }, cancellationToken);

    public async Task CopyFromAsync(IImageStorage source, ImageKey key, ImageProperties? properties, CancellationToken cancellationToken)
    {
        if (source is S3ImageStorage other && other.IsReachedBy(connection))
        {
            properties ??= (await other.FindAsync(key, cancellationToken) ?? throw new ImageNotFoundException(key, other.Name)).Properties;
            await CopyInsideAsync(other, key, properties, cancellationToken);
        }
        else
        {
            await using OpenedImage image = await source.OpenReadAsync(key, cancellationToken);
            await using Stream content = image.Content.CanSeek ? image.Content : await SpoolAsync(image.Content, cancellationToken);
            await PutAsync(key, content, (properties ?? image.Facts.Properties).Of(image.Facts.ETag), cancellationToken);
        }
    }

    public Task SetPropertiesAsync(ImageKey key, ImageProperties properties, CancellationToken cancellationToken) =>
        CopyInsideAsync(this, key, properties, cancellationToken);

    public Task<bool> IsServedRightAsync(StoredImage found, CancellationToken cancellationToken) => Guard(async () =>
    {
        if (!found.HasRightHeaders || access.Acl is null)
        {
            return found.HasRightHeaders; // without ACLs the bucket's own rules hold
        }

        Task seen = bucket.SeenAsync();
        try
        {
            GetObjectAclRequest request = new() { BucketName = bucket.Name, Key = found.Key.ToString() };
            GetObjectAclResponse acl = await _client.GetObjectAclAsync(request, cancellationToken);
            bool isPublic = (acl.Grants ?? []).Any(grant => grant.Grantee?.URI == Everybody && (grant.Permission == S3Permission.READ || grant.Permission == S3Permission.FULL_CONTROL));
            return isPublic == (access.Acl == S3CannedACL.PublicRead);
        }
        catch (AmazonS3Exception exception) when (S3Faults.IsNotFound(exception))
        {
            await seen.WaitAsync(cancellationToken);
            return true;
        }
    }, cancellationToken);

    public async Task<StoredImage> VerifyCopyAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken)
    {
        Task<StoredImage?> finding = source.FindAsync(key, cancellationToken);
        Task<StoredImage?> findingCopy = FindAsync(key, cancellationToken);
        await Task.WhenAll(finding, findingCopy);
        StoredImage original = await finding ?? throw new ImageNotFoundException(key, source.Name);
        StoredImage copy = await findingCopy ?? throw new ImageNotFoundException(key, name);
        // An ETag is the MD5 of an object that was put in one piece; of one put in parts, or encrypted, it is something else.
        if (original.Bytes != copy.Bytes
            || (original.ETag != copy.ETag && !await HasContentOfAsync(source, key, cancellationToken)))
        {
            throw new StorageException(name, $"the copy of {key} differs from {source.Name}.");
        }

        return copy;
    }

    public Task DeleteAsync(ImageKey key, CancellationToken cancellationToken) => Guard(async () =>
    {
        Task seen = bucket.SeenAsync();
        try
        {
            await _client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket.Name, Key = key.ToString() }, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (S3Faults.IsNotFound(exception))
        {
            await seen.WaitAsync(cancellationToken);
        }

        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>In one request, in whose order Ceph deletes; others may take another.</remarks>
    public Task DeleteAllAsync(IReadOnlyList<ImageKey> keys, CancellationToken cancellationToken) => Guard(async () =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (ImageKey[] some in keys.Chunk(S3Listing.MostKeys))
        {
            DeleteObjectsRequest request = new() { BucketName = bucket.Name, Objects = [.. some.Select(key => new KeyVersion { Key = key.ToString() })] };
            DeleteObjectsResponse answer = await _client.DeleteObjectsAsync(request, cancellationToken);
            // What failed is thrown by the SDK; an answer that names nothing is not of S3.
            if ((answer.DeletedObjects?.Count ?? 0) == 0)
            {
                throw new StorageException(name, S3Faults.NoS3);
            }
        }

        return true;
    }, cancellationToken);

    public async IAsyncEnumerable<ListedImage> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ListObjectsV2Response page in listing.PagesAsync(bucket.Name, ReadAsync, cancellationToken))
        {
            foreach (S3Object found in page.S3Objects ?? [])
            {
                if (ImageKey.TryParse(found.Key, out ImageKey? key))
                {
                    yield return new ListedImage(key, found.Size ?? 0, WrittenAt(found.LastModified));
                }
            }
        }

        Task<ListObjectsV2Response> ReadAsync(ListObjectsV2Request request) =>
            Guard(() => _client.ListObjectsV2Async(request, cancellationToken), cancellationToken);
    }

    private bool IsReachedBy(S3Connection other) => connection == other;

    private Task<bool> CopyInsideAsync(S3ImageStorage source, ImageKey key, ImageProperties properties, CancellationToken cancellationToken) => Guard(async () =>
    {
        Task seen = Task.WhenAll(source.SeenAsync(), bucket.SeenAsync());
        // An ACL is never copied, and a header only when none is given: so all are given.
        CopyObjectRequest request = new()
        {
            SourceBucket = source.BucketName,
            SourceKey = key.ToString(),
            DestinationBucket = bucket.Name,
            DestinationKey = key.ToString(),
            MetadataDirective = S3MetadataDirective.REPLACE,
            ContentType = key.Format.ContentType,
            CannedACL = access.Acl,
        };
        SetCacheControl(request.Headers);
        Keep(properties, request.Metadata);
        try
        {
            CopyObjectResponse answer = await _client.CopyObjectAsync(request, cancellationToken);
            ShouldBeOfS3(answer.ETag); // 200 is answered before the work is done, and an error may follow in the body
        }
        catch (AmazonS3Exception exception) when (S3Faults.IsNotFound(exception))
        {
            await seen.WaitAsync(cancellationToken);
            throw new ImageNotFoundException(key, source.Name);
        }

        return true;
    }, cancellationToken);

    private string BucketName => bucket.Name;

    private Task SeenAsync() => bucket.SeenAsync();

    private void SetCacheControl(HeadersCollection headers)
    {
        if (access.CacheControl is { } cacheControl)
        {
            headers.CacheControl = cacheControl;
        }
    }

    private async Task<bool> HasContentOfAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken)
    {
        await using OpenedImage original = await source.OpenReadAsync(key, cancellationToken);
        await using OpenedImage copy = await OpenReadAsync(key, cancellationToken);
        return await ContentEquals.CompareAsync(original.Content, copy.Content, cancellationToken);
    }

    // The file loses its name at once, so that no kill leaves it behind.
    private async Task<Stream> SpoolAsync(Stream content, CancellationToken cancellationToken)
    {
        string path = Path.Combine(spoolFolder.FullName, ".copy-" + Guid.NewGuid().ToString("N"));
        FileStream file = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
        try
        {
            File.Delete(path);
            await content.CopyToAsync(file, cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static async Task<byte[]> MD5OfAsync(Stream content, CancellationToken cancellationToken)
    {
        // Against faults of the line, not of people: what S3 checks is this.
#pragma warning disable CA5351
        return await MD5.HashDataAsync(content, cancellationToken);
#pragma warning restore CA5351
    }

    private static void Keep(ImageProperties properties, MetadataCollection metadata)
    {
        if (properties.Recipe is not null)
        {
            metadata[RecipeName] = properties.Recipe;
            if (properties.RecipeOf is not null)
            {
                metadata[RecipeOfName] = properties.RecipeOf;
            }
        }

        if (properties.Crop is not null)
        {
            metadata[CropName] = properties.Crop;
        }
    }

    private StoredImage FactsOf(
        ImageKey key, HeadersCollection headers, DateTime? writtenAt, string etag, MetadataCollection metadata, ServerSideEncryptionMethod? encryption)
    {
        ShouldBeOfS3(etag);
        etag = etag.Trim('"');
        // A copy is given what was found beside its source, where another content may have come meanwhile. Only sums can be compared.
        string? recipeOf = IsSum(metadata[RecipeOfName]) && IsSum(etag) && (encryption is null || encryption == ServerSideEncryptionMethod.None || encryption == ServerSideEncryptionMethod.AES256)
            ? metadata[RecipeOfName]
            : null;
        ImageProperties properties = new ImageProperties(metadata[RecipeName], metadata[CropName]) { RecipeOf = recipeOf }.Of(etag);
        return new StoredImage(key, headers.ContentLength, WrittenAt(writtenAt), etag, properties)
        {
            HasRightHeaders = headers.ContentType == key.Format.ContentType && (access.CacheControl is null || headers.CacheControl == access.CacheControl),
        };
    }

    // The ETag of an object that was put in parts has a dash in it.
    private static bool IsSum(string? etag) => etag is { Length: 32 } && etag.All(char.IsAsciiHexDigit);

    // In whole seconds, as headers have them; a listing is finer.
    private static DateTimeOffset WrittenAt(DateTime? time) =>
        DateTimeOffset.FromUnixTimeSeconds(new DateTimeOffset((time ?? DateTime.UnixEpoch).ToUniversalTime()).ToUnixTimeSeconds());

    private void ShouldBeOfS3(string? etag)
    {
        if (string.IsNullOrEmpty(etag))
        {
            throw new StorageException(name, S3Faults.NoS3);
        }
    }

    private async Task<T> Guard<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (S3Faults.IsOfS3(exception, cancellationToken))
        {
            throw S3Faults.Of(name, exception, bucket.Place);
        }
    }
}

/// <summary>What each object of a bucket is given.</summary>
/// <param name="Acl">Null: none is sent, and the bucket's own rules hold.</param>
/// <param name="CacheControl">Header of the object; null: none.</param>
internal sealed record S3Access(S3CannedACL? Acl, string? CacheControl);
