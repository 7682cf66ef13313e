using Amazon;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Where anybody can get an object of a public bucket, bypassing this service.</summary>
public static class S3PublicAddress
{
    /// <returns>The object's address; does not check that the object exists.</returns>
    public static Uri AddressOf(this S3Place place, ImageKey key)
    {
        if (place.Account.Endpoint is { } endpoint)
        {
            return new Uri(endpoint, $"{place.Bucket}/{key}");
        }

        string service = $"s3.{place.Account.Region}.{RegionEndpoint.GetBySystemName(place.Account.Region).PartitionDnsSuffix}";
        // Amazon's certificate covers one label before the service's name, and host names have no capitals.
        bool isHostLabel = place.Bucket.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
        return new Uri(isHostLabel ? $"https://{place.Bucket}.{service}/{key}" : $"https://{service}/{place.Bucket}/{key}");
    }
}
