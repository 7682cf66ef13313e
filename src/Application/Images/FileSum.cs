namespace ImageBackend.Application.Images;

/// <param name="Sha256">Of the content, in hexadecimal digits.</param>
internal sealed record FileSum(long Bytes, string Sha256);
