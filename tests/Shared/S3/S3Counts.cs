namespace ImageBackend.Testing;

/// <summary>Requests that went through a <see cref="FaultProxy"/>, by kind.</summary>
/// <param name="Heads">For objects.</param>
/// <param name="Lists">Pages of listings.</param>
/// <param name="Looks">Checks whether a bucket exists.</param>
public sealed record S3Counts(int Heads, int Gets, int Puts, int Acls, int Lists, int Deletes, int Looks)
{
    /// <remarks>Without the few by which each start makes sure that the two buckets differ.</remarks>
    public static S3Counts Of(IReadOnlyList<S3Call> all)
    {
        S3Call[] calls = [.. all.Where(call => !call.Target.Contains("image-backend-probe-", StringComparison.Ordinal))];
        return new S3Counts(
            Count("HEAD", IsOfObject),
            Count("GET", call => IsOfObject(call) && !IsAcl(call)),
            Count("PUT", IsOfObject),
            Count("GET", call => IsOfObject(call) && IsAcl(call)),
            Count("GET", call => !IsOfObject(call)),
            Count("DELETE", _ => true) + Count("POST", _ => true),
            Count("HEAD", call => !IsOfObject(call)));

        int Count(string method, Func<S3Call, bool> isMeant) => calls.Count(call => call.Method == method && isMeant(call));
    }

    // /bucket/key, or /bucket or /bucket/ with a query about the bucket.
    private static bool IsOfObject(S3Call call) => call.Target.Split('?')[0].Trim('/').Contains('/');

    private static bool IsAcl(S3Call call) => call.Target.Contains("?acl", StringComparison.Ordinal);

    public override string ToString() => $"{Heads} HEAD, {Gets} GET, {Puts} PUT, {Acls} ACL, {Lists} LIST, {Deletes} DELETE";
}
